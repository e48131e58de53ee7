// Longer than 300 lines: one life of a component, whose hooks, steps and end all work on the same few fields.
import { Client, type ExposeErrors, type Hooks, type Interceptor, type Retry } from '@wamp-run/client';
import type {
  ComponentConfigFields,
  ComponentInstance,
  ConfiguredDescription,
  ProcessScope,
} from '@wamp-run/component';
import {
  ApplicationError,
  type ClientAuthenticator,
  type Clock,
  type Connector,
  InvalidUriError,
  type Logger,
  type PayloadCodec,
  type PayloadForm,
  type PayloadKeys,
  type Random,
} from '@wamp-run/protocol';
import { Bound, bind, missing } from './bind.js';
import { type ComponentState, type ComponentStep, nextState } from './component-states.js';
import { drain } from './drain.js';
import { BrokenComponent } from './errors.js';
import { InFlight } from './in-flight.js';
import type { LoadedComponent } from './load.js';
import { explaining } from './own-procedure.js';
import { SessionLog } from './session-log.js';

/** How a component's payloads are encrypted from end to end. */
export interface ComponentEncryption {
  readonly codec: PayloadCodec;
  /** How encrypted payloads go out. */
  readonly payloadForm: PayloadForm;
  /** What the component sees of the keys, as `config.keyring`. */
  readonly keyring: PayloadKeys;
}

export interface ComponentRunOptions {
  readonly name: string;
  readonly loaded: LoadedComponent;
  /** With the URIs that it has under its configuration. */
  readonly configured: ConfiguredDescription;
  /** What it shares with the other components of its package. */
  readonly process: ProcessScope;
  /** How its last life ended. Default: `idle`, there was none. */
  readonly after?: ComponentState;
  /** What the component sees as its `ComponentConfig`. */
  readonly config: ComponentConfigFields;
  readonly connectors: readonly Connector[];
  readonly authenticators: readonly ClientAuthenticator[] | undefined;
  readonly encryption: ComponentEncryption | undefined;
  readonly retry: Retry | undefined;
  readonly exposeErrors: ExposeErrors | undefined;
  /** The outermost first. */
  readonly interceptors: readonly Interceptor[];
  /** Milliseconds that a call has which does not say so itself; undefined and 0: no limit. */
  readonly callTimeout: number | undefined;
  readonly grace: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** How a component is doing, for people and programs. */
export interface ComponentStatus {
  readonly name: string;
  readonly state: ComponentState;
  readonly realm: string;
  readonly procedures: readonly string[];
  readonly topics: readonly string[];
  /** Of these procedures and topics those that are not in service now: all of them while there is no session. */
  readonly missing: readonly string[];
  /** Whether it has been joined since it was started, be it in service by now or not. */
  readonly joined: boolean;
  /** Invocations and events being handled now. */
  readonly running: number;
  /** Why it failed, or why its last attempt to join did. */
  readonly error: Error | undefined;
}

/** One component over its supervised life: one instance, one client, any number of joins. */
export class ComponentRun {
  /** Resolves when it is in service for the first time, or has ended without. */
  readonly settled: Promise<void>;
  /** Resolves once, however it ended: with the error of a component that failed. */
  readonly ended: Promise<Error | undefined>;
  readonly #options: ComponentRunOptions;
  readonly #inFlight = new InFlight();
  readonly #log: SessionLog;
  readonly #settle: () => void;
  readonly #end: (error: Error | undefined) => void;
  #state: ComponentState;
  #instance: ComponentInstance | undefined;
  #client: Client | undefined;
  #bound: Bound | undefined;
  #binding: AbortController | undefined;
  #error: Error | undefined;
  #fatal: Error | undefined;
  #joined = false;
  #drained: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: ComponentRunOptions) {
    this.#log = new SessionLog(options.log);
    this.#options = { ...options, log: this.#log };
    this.#state = options.after ?? 'idle';
    let settle = () => {};
    let end: (error: Error | undefined) => void = () => {};
    this.settled = new Promise((resolve) => {
      settle = resolve;
    });
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.#settle = settle;
    this.#end = end;
  }

  get status(): ComponentStatus {
    const { name, configured, config } = this.#options;
    const procedures = configured.procedures.map(({ uri }) => uri);
    const topics = configured.topics.map(({ topic }) => topic);
    return {
      name,
      state: this.#state,
      realm: config.realm,
      procedures,
      topics,
      missing: missing([...procedures, ...topics], this.#bound),
      joined: this.#joined,
      running: this.#inFlight.count,
      error: this.#error,
    };
  }

  /** Builds the instance and lets its client connect. A class that cannot be built fails the component, at once. */
  start(): void {
    this.#step('start');
    const { authenticators, callTimeout, clock, config, connectors, encryption, exposeErrors } = this.#options;
    const { interceptors, loaded, log, process, random, retry } = this.#options;
    const hooks = this.#hooks();
    const client = new Client({
      connectors: [...connectors],
      realm: config.realm,
      hooks,
      exposeErrors,
      callTimeout,
      interceptors: this.#inFlight.around(interceptors),
      authenticators,
      codec: encryption?.codec,
      payloadForm: encryption?.payloadForm,
      clock,
      random,
      log,
      ...(retry === undefined ? {} : { retry }),
    });
    this.#client = client;
    try {
      this.#instance = loaded.package.createComponent(loaded.description, {
        config,
        session: client.session,
        log,
        process,
      });
    } catch (error) {
      this.#fail(new BrokenComponent(error instanceof Error ? error.message : String(error), { cause: error }));
      return;
    }
    // Only where the component has them: by being there they change how a login goes. It is made with the client's session,
    // and so after the client.
    hooks.onChallenge = this.#instance.onChallenge;
    hooks.onWelcome = this.#instance.onWelcome;
    client.open();
    void client.closed.then(({ error }) => this.#clientEnded(this.#fatal ?? error));
  }

  /** Out of service without losing a call: withdraws, and finishes what runs, for at most `grace` (ms). The session stays. */
  drain(grace: number): Promise<void> {
    this.#drained ??= this.#drain(grace);
    return this.#drained;
  }

  /** Drains where nobody has, and leaves. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #drain(grace: number): Promise<void> {
    this.#step('stop');
    this.#binding?.abort();
    const { clock, log } = this.#options;
    // Also where it is not in service with all it has: what is registered already may be at work.
    if (this.#bound !== undefined) await drain({ bound: this.#bound, inFlight: this.#inFlight, clock, grace, log });
  }

  async #stop(): Promise<void> {
    await this.drain(this.#options.grace);
    if (this.#client === undefined || this.#instance === undefined) this.#finish(undefined);
    else await this.#client.close();
    await this.ended;
  }

  #hooks(): Hooks {
    const { clock, log } = this.#options;
    return {
      onConnect: async (transport) => {
        this.#step('retry');
        await this.#instance?.onConnect?.(transport);
      },
      onJoin: async (session, details) => {
        const instance = this.#instance;
        if (instance === undefined) return;
        const binding = new AbortController();
        const bound = new Bound();
        this.#binding = binding;
        this.#bound = bound;
        this.#joined = true;
        this.#log.setSession(details.session);
        await explaining(() => instance.onJoin?.(details), this.#options.configured.procedures);
        // `session` lasts: after a loss it is the next join's, whose own onJoin binds.
        if (binding.signal.aborted) return;
        try {
          await bind({ session, instance, inFlight: this.#inFlight, clock, log, stop: binding.signal }, bound);
        } catch (error) {
          // Given up because the session is over, or is being drained: a failure here would cut off what still runs.
          if (binding.signal.aborted) return;
          if (isFinal(error)) this.#fatal = error;
          throw error;
        }
        if (binding.signal.aborted) return;
        this.#error = undefined;
        this.#step('bind');
        log.info('in service');
        this.#settle();
      },
      onLeave: async (details) => {
        this.#binding?.abort();
        this.#bound = undefined;
        this.#step('lose');
        log.info({ reason: details.reason, detail: details.message }, 'session ended');
        await this.#instance?.onLeave?.(details);
        this.#log.setSession(undefined);
        // What the router refused for good is not asked again; and who is on the way out does not come back.
        if (this.#fatal !== undefined || this.#state === 'draining') void this.#client?.close();
      },
      onReady: () => this.#instance?.onReady?.(),
      onDisconnect: (details) => this.#instance?.onDisconnect?.(details),
      onRetry: (error) => {
        this.#step('lose');
        this.#error = error;
      },
      onUserError: async (error, what, about) => {
        about.error({ err: error }, what);
        await this.#instance?.onUserError?.(error, what);
      },
    };
  }

  #clientEnded(error: Error | undefined): void {
    if (error === undefined || this.#state === 'draining') this.#finish(undefined);
    else this.#fail(error);
  }

  #fail(error: Error): void {
    this.#step('fail');
    this.#error = error;
    this.#over(error);
  }

  #finish(error: Error | undefined): void {
    if (this.#state !== 'stopped') this.#step('end');
    this.#over(error);
  }

  #over(error: Error | undefined): void {
    const { log } = this.#options;
    this.#settle();
    void (async () => {
      try {
        await this.#instance?.dispose();
      } catch (failure) {
        log.error({ err: failure }, 'while disposing what was injected');
      }
      this.#end(error);
    })();
  }

  #step(step: ComponentStep): void {
    const to = nextState(this.#state, step);
    if (to === undefined || to === this.#state) return;
    this.#options.log.debug({ from: this.#state, to }, step);
    this.#state = to;
  }
}

/**
 * An answer that will be the same next time: the router refused what the component offers. What ended the session
 * meanwhile is no answer; the next join tells whether it is final.
 */
function isFinal(error: unknown): error is Error {
  return (error instanceof ApplicationError && !error.retryable) || error instanceof InvalidUriError;
}
