import type {
  CallDetails,
  CloseDetails,
  DisconnectDetails,
  EventDetails,
  RegisterOptions,
  Session,
  SessionDetails,
  SubscribeOptions,
} from '@wamp-run/client';
import type { Logger, LoginAnswer, LoginChallenge, LoginContext, TransportDetails } from '@wamp-run/protocol';
import { ComponentConfig, type ComponentConfigFields } from './component-config.js';
import { configured } from './configured.js';
import { type ComponentDescription, HOOKS, type ProcedureDescription } from './description.js';
import { compileHandler, type Handler } from './handler.js';
import { Injection } from './injection.js';
import { ProcessScope } from './process-scope.js';
import { checkedDetails, checkedResult } from './result-check.js';

/** What a component is given by the runtime. */
export interface ComponentInjection {
  readonly config: ComponentConfigFields;
  readonly session: Session;
  readonly log: Logger;
  /** What the components of a process share. Default: a scope for this one alone. */
  readonly process?: ProcessScope;
}

/** The hooks of one component, bound to its instance. Each may answer with a promise. */
export interface ComponentHooks {
  /** A transport is open. */
  onConnect?(transport: TransportDetails): unknown;
  /** The router wants a login by a method that no authenticator has. */
  onChallenge?(challenge: LoginChallenge, context: LoginContext): LoginAnswer | PromiseLike<LoginAnswer>;
  /** What the router said of the session; anything but undefined or null refuses it. */
  onWelcome?(details: SessionDetails): unknown;
  /** The session is joined; what the component offers is registered afterwards. */
  onJoin?(details: SessionDetails): unknown;
  /** The component is in service: all that it offers is registered and subscribed. */
  onReady?(): unknown;
  /** The session has ended; also where there was none yet, and the router or the login refused it. */
  onLeave?(details: CloseDetails): unknown;
  /** The transport is closed. */
  onDisconnect?(details: DisconnectDetails): unknown;
  /** @param what what was being done when the error came up, for people */
  onUserError?(error: unknown, what: string): unknown;
}

/** A component that has been made: what to register, what to subscribe to, and whom to tell. */
export interface ComponentInstance extends ComponentHooks {
  readonly description: ComponentDescription;
  readonly procedures: readonly {
    readonly uri: string;
    readonly options: RegisterOptions;
    readonly handler: Handler<CallDetails>;
  }[];
  readonly topics: readonly {
    readonly topic: string;
    readonly options: SubscribeOptions;
    readonly handler: Handler<EventDetails>;
  }[];
  /**
   * Calls `dispose()` of the instance and of what was made for it alone, the last made first. Rejects with what they
   * throw, after all have been called. Any number of times.
   */
  dispose(): Promise<void>;
}

/**
 * Makes one instance of a component, with its dependencies in a container of its own, and compiles its handlers.
 * Called once for each supervised life.
 *
 * @throws InvalidConfiguration where a URI cannot be had from the configuration, where a dependency cannot be injected
 * (it names the path and the remedy), or where a constructor throws (its error is the `cause`, and the error is retryable
 * unless the cause says otherwise)
 */
export function createComponent(description: ComponentDescription, injected: ComponentInjection): ComponentInstance {
  const { session, log, process = new ProcessScope() } = injected;
  const config = new ComponentConfig(injected.config);
  const { procedures, topics } = configured(description, config);
  const injection = new Injection({ config, session, log, provide: description.provide ?? [] }, process);
  let instance: object;
  try {
    instance = injection.make(description.class);
  } catch (error) {
    // What was already made may hold connections; the caller waits for none of it.
    injection
      .dispose()
      .catch((reason: unknown) => log.warn({ err: reason }, 'disposing of what was made for a component that failed'));
    throw error;
  }
  return {
    description,
    procedures: procedures.map((procedure) => {
      const { uri, options = {} } = procedure;
      return { uri, options, handler: compileProcedure(instance, procedure) };
    }),
    topics: topics.map((topic) => {
      const { options = {} } = topic;
      return { topic: topic.topic, options, handler: compileHandler<EventDetails>(instance, topic) };
    }),
    ...hooksOf(instance),
    dispose: () => injection.dispose(),
  };
}

/** Results are checked where there is a schema for them, and else not looked at. */
function compileProcedure(instance: object, procedure: ProcedureDescription): Handler<CallDetails> {
  const handler = compileHandler<CallDetails>(instance, procedure);
  const { result, progress } = procedure;
  if (result === undefined && progress === undefined) return handler;
  return (args, kwargs, details) =>
    checkedResult(handler(args, kwargs, checkedDetails(details, progress)), { result, progress });
}

/** Also hooks that are properties of the instance, such as arrow functions: no description can know of them. */
function hooksOf(instance: object): ComponentHooks {
  const hooks: Record<string, unknown> = {};
  for (const name of HOOKS) {
    const hook: unknown = Reflect.get(instance, name);
    if (typeof hook === 'function') hooks[name] = hook.bind(instance);
  }
  return hooks;
}
