import { InvalidConfiguration } from '@wamp-run/protocol';
import { typedParameter } from './argument-type.js';
import { declaredParameters } from './declared-parameters.js';
import { classOf, type DefinedHandler } from './defined-class.js';
import {
  type ComponentDefinition,
  DEFINITION,
  type DefineOptions,
  type OfferedHandler,
  type Offers,
} from './definition.js';
import { PLAIN_GENERATOR, PROCEDURE_OPTIONS, streamsOf, TOPIC_OPTIONS } from './describe-handlers.js';
import {
  type ComponentDescription,
  HOOKS,
  type ParameterDescription,
  type ProcedureDescription,
  type TopicDescription,
} from './description.js';
import { resultSchemas } from './handler-schemas.js';
import { handlerUri } from './handler-uri.js';
import { checkedInterceptors } from './interceptors.js';
import { knownOptions, type OptionRules } from './options.js';
import { Problems } from './problems.js';
import { checkedProviders } from './provider.js';
import { foreignCopy } from './records.js';
import { withoutBadUris } from './relative-uri.js';
import { complainOfRepeats } from './repeats.js';

const OPTIONS = {
  name: 'string',
  realm: 'string',
  prefix: 'string',
  extra: 'anything',
  check: 'boolean',
  provide: 'anything',
  interceptors: 'anything',
  setup: 'function',
  dispose: 'function',
  offer: 'function',
  onConnect: 'function',
  onChallenge: 'function',
  onWelcome: 'function',
  onJoin: 'function',
  onReady: 'function',
  onLeave: 'function',
  onDisconnect: 'function',
  onUserError: 'function',
} as const satisfies OptionRules & Record<keyof DefineOptions<unknown, []>, unknown>;

/** What handlers cannot be called: they are methods beside the hooks. */
const TAKEN: readonly string[] = [...HOOKS, 'dispose', 'constructor'];

type AnyOptions = Partial<DefineOptions<unknown, readonly OfferedHandler[]>>;

/** What `offer` calls: plain records. */
const OFFERS = {
  procedure: (uri: unknown, options: unknown, handler: unknown) => ({ kind: 'procedure', uri, options, handler }),
  topic: (uri: unknown, options: unknown, handler: unknown) => ({ kind: 'topic', uri, options, handler }),
} as unknown as Offers<unknown>;

/**
 * What a component without decorators offers: a description like that of a class, whose class is made here.
 *
 * @throws InvalidConfiguration that names everything that is wrong with it
 */
export function describeDefinition(definition: ComponentDefinition): ComponentDescription {
  const record = definition[DEFINITION];
  const given: unknown = (record.options as { name?: unknown } | null | undefined)?.name;
  const subject = `component ${typeof given === 'string' && given !== '' ? given : '(without a name)'}`;
  const foreign = foreignCopy(record);
  if (foreign !== undefined) throw new InvalidConfiguration(`${subject} ${foreign}`);
  // Made once: its class is what tells whether a component is another one.
  if (record.description !== undefined) return record.description;
  const problems = new Problems(subject);
  const complain = (sentence: string): void => problems.add('defineComponent', sentence);
  const options = withoutBadUris(knownOptions(record.options, OPTIONS, complain) as AnyOptions, complain);
  const { name = '', prefix, realm, extra, check = true } = options;
  if (name === '') complain('the component has no name; give one with { name }');
  const provide = checkedProviders(options.provide, complain);
  const interceptors = checkedInterceptors(options.interceptors, complain);
  const handlers = offered(options, complain).map((each) => describeHandler(each, { prefix, check, problems }));
  const procedures = handlers.flatMap(({ procedure }) => procedure ?? []);
  const topics = handlers.flatMap(({ topic }) => topic ?? []);
  complainOfNames(handlers, problems);
  complainOfRepeats({ procedures, topics }, problems);
  problems.throwIfAny();
  record.description = {
    class: classOf({ ...options, name }, handlers),
    name,
    ...(realm === undefined ? {} : { realm }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(extra === undefined ? {} : { extra }),
    ...(provide.length === 0 ? {} : { provide }),
    ...(interceptors.length === 0 ? {} : { interceptors }),
    procedures,
    topics,
    hooks: HOOKS.filter((hook) => hook in options),
  };
  return record.description;
}

function offered({ offer }: AnyOptions, complain: (sentence: string) => void): OfferedHandler[] {
  if (offer === undefined) return [];
  let list: unknown;
  try {
    list = offer(OFFERS);
  } catch (error) {
    complain(`offer() throws: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
  if (!Array.isArray(list)) {
    complain('offer() must return a list of what procedure() and topic() give');
    return [];
  }
  return list.filter((each: unknown, i) => {
    const { kind } = (each ?? {}) as Partial<OfferedHandler>;
    if (kind === 'procedure' || kind === 'topic') return true;
    complain(`what offer() returns has at ${i} nothing that procedure() or topic() gave`);
    return false;
  });
}

interface Context {
  readonly prefix: string | undefined;
  readonly check: boolean;
  readonly problems: Problems;
}

/** A handler with its description, as a procedure or as a topic. */
interface Described extends DefinedHandler {
  readonly procedure?: ProcedureDescription;
  readonly topic?: TopicDescription;
}

function describeHandler({ kind, uri, options, handler }: OfferedHandler, context: Context): Described {
  const method = methodName({ kind, uri, handler });
  const complain = (sentence: string): void => context.problems.add(`${method}()`, sentence);
  const rules = kind === 'procedure' ? PROCEDURE_OPTIONS : TOPIC_OPTIONS;
  const known = knownOptions(options, rules, complain) as Record<string, unknown>;
  const { check = context.check, args, rest, kwargs, result, progress, idempotent, ...how } = known;
  if (typeof handler !== 'function') complain('has no handler; give a function');
  else if (handler.constructor.name === 'GeneratorFunction') complain(PLAIN_GENERATOR);
  const parameters = parametersOf({ kind, handler, args, rest, kwargs }, complain);
  const place = kind === 'procedure' ? 'procedure' : 'topic';
  const resolved = handlerUri({ kind, uri, method, prefix: context.prefix, options: how, place }, complain);
  const described = {
    method,
    check: check as boolean,
    parameters,
    ...(Object.keys(how).length === 0 ? {} : { options: how }),
  };
  if (kind === 'topic') return { method, handler, kind, parameters, topic: { topic: resolved, ...described } };
  const streams = typeof handler === 'function' && streamsOf(handler) ? { streams: true } : {};
  const marked = idempotent === true ? { idempotent } : {};
  const schemas = resultSchemas({ result, progress } as Parameters<typeof resultSchemas>[0], complain);
  return {
    method,
    handler,
    kind,
    parameters,
    procedure: { uri: resolved, ...described, ...streams, ...marked, ...schemas },
  };
}

/** A procedure is called by what stands before its handler; a topic's handler has the name that its function has. */
function methodName({ kind, uri, handler }: Pick<OfferedHandler, 'kind' | 'uri' | 'handler'>): string {
  const own = typeof handler === 'function' ? handler.name : '';
  if (kind === 'procedure' && typeof uri === 'string') return uri;
  if (own !== '') return own;
  return typeof uri === 'string' ? uri : `(${kind} without a name)`;
}

/** The arguments, then the rest of them, then the keywords, then the details where the handler has a context, or needs one. */
function parametersOf(
  given: { kind: 'procedure' | 'topic'; handler: unknown; args: unknown; rest: unknown; kwargs: unknown },
  complain: (sentence: string) => void,
): ParameterDescription[] {
  const { kind, handler, args = [], rest, kwargs = {} } = given;
  const declared = typeof handler === 'function' ? declaredParameters(handler as () => unknown) : undefined;
  if (!Array.isArray(args)) {
    complain("the option 'args' must be a list of types");
    return [];
  }
  const parameters = args.map((type: unknown, i) =>
    typedParameter({ name: declared?.[i]?.name ?? `argument ${i + 1}`, from: 'argument', type }, complain),
  );
  if (rest !== undefined) {
    const name = declared?.[args.length]?.name ?? 'rest';
    parameters.push(typedParameter({ name, from: 'rest', type: rest }, complain));
  }
  // Behind them comes the context.
  const before = parameters.length;
  if (kwargs === 'anything') {
    parameters.push({ name: 'kwargs', from: 'keywords', required: false, nullable: true });
  } else if (typeof kwargs !== 'object' || kwargs === null || Array.isArray(kwargs)) {
    complain("the option 'kwargs' must be an object with a type for each keyword, or 'anything'");
  } else {
    for (const [name, type] of Object.entries(kwargs))
      parameters.push(typedParameter({ name, from: 'keyword', type }, complain));
  }
  if (declared !== undefined && declared.length > before + 1) {
    const types = rest === undefined ? `'args' has ${args.length} types` : `'args' and 'rest' have ${before} types`;
    complain(
      `takes ${declared.length} parameters, but ${types}, and the context comes behind them; say what the others are`,
    );
  }
  const usesContext = declared === undefined || declared.length > before || declared.some((each) => each.rest);
  if (usesContext) {
    const name = declared?.[before]?.name ?? (kind === 'procedure' ? 'call' : 'event');
    parameters.push({ name, from: 'details', required: false, nullable: true });
  }
  return parameters;
}

/** Each handler is a method of the class: two of one name would be one. */
function complainOfNames(handlers: readonly Described[], problems: Problems): void {
  handlers.forEach(({ method, handler }, i) => {
    if (TAKEN.includes(method)) problems.add(`${method}()`, 'has the name of a hook; choose another URI or name');
    const earlier = handlers.findIndex((other) => other.method === method);
    if (earlier < i && handlers[earlier]?.handler !== handler) {
      problems.add(`${method}()`, 'is the name of two handlers; give their functions, or URIs, other names');
    }
  });
}
