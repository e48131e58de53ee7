import {
  type ArgumentPlace,
  CONTRACT,
  type Contract,
  type ContractCarrier,
  InvalidConfiguration,
  type ProcedureContract,
  uriPattern,
} from '@wamp-run/protocol';
import { Keywords } from './keywords.js';
import type { CallOptions } from './options.js';
import type { RemoteOptions } from './remote-options.js';
import type { Session } from './session.js';

type Caller = (...args: unknown[]) => unknown;

/** What is called: something that carries a contract, or the prefix of a component of which only the type is known. */
export type Callable = string | object;

/** Names that are asked of any object, and are no methods of a component. */
const NO_METHODS: ReadonlySet<string> = new Set(['then', 'toJSON', 'constructor', 'valueOf', 'toString']);

/**
 * An object whose methods call procedures. They are looked up when they are used first, and kept.
 *
 * @throws InvalidConfiguration where it carries no contract
 */
export function remoteOf(session: Session, of: Callable, options: RemoteOptions): object {
  const { extra, params = {}, streams = {}, idempotent, retry, ...call } = options;
  const procedureOf =
    typeof of === 'string'
      ? (method: string): ProcedureContract => ({
          uri: `${of}.${method}`,
          streams: Object.hasOwn(streams, method),
          places: ANY_PLACES,
        })
      : lookup(contractOf(of), { session, extra, streams });
  const callers = new Map<string, Caller>();
  return new Proxy(Object.freeze({}), {
    get: (_target, method) => {
      if (typeof method !== 'string' || NO_METHODS.has(method)) return undefined;
      let caller = callers.get(method);
      if (caller === undefined) {
        const procedure = procedureOf(method);
        const how = isIdempotent(procedure, method, idempotent) ? { ...call, idempotent: true, retry } : call;
        caller = callerOf(session, procedure, { params, call: how });
        if (session.details !== undefined) callers.set(method, caller);
      }
      return caller;
    },
  });
}

/** Who calls knows best; else the component says so itself. */
function isIdempotent(
  procedure: ProcedureContract,
  method: string,
  said: boolean | Readonly<Record<string, boolean>> | undefined,
): boolean {
  if (typeof said === 'boolean') return said;
  const own = said !== undefined && Object.hasOwn(said, method) ? said[method] : undefined;
  return own ?? procedure.idempotent === true;
}

function contractOf(of: object): Contract {
  const contract = (of as Partial<ContractCarrier> | null)?.[CONTRACT];
  if (contract !== undefined) return contract;
  const name = typeof of === 'function' ? `class ${of.name}` : 'the object';
  throw new InvalidConfiguration(
    `remote(): ${name} carries no contract; give a class with @component() of its own, what defineComponent() gave, or a prefix`,
  );
}

interface Lookup {
  readonly session: Session;
  readonly extra: unknown;
  readonly streams: Readonly<Record<string, true>>;
}

function lookup(contract: Contract, { session, extra, streams }: Lookup): (method: string) => ProcedureContract {
  let known: ReadonlyMap<string, ProcedureContract> | undefined;
  return (method) => {
    const { details } = session;
    const procedures = known ?? contract.procedures({ realm: details?.realm ?? '', extra });
    // URIs may depend on the realm, which nobody knows before the first join.
    if (details !== undefined) known = procedures;
    const found = procedures.get(method);
    if (found !== undefined) return Object.hasOwn(streams, method) ? { ...found, streams: true } : found;
    throw new InvalidConfiguration(
      `${contract.name} has no procedure '${method}' that can be called; there are: ${[...procedures.keys()].join(', ')}`,
    );
  };
}

/** Nothing is known: each in its place, and `Keywords` at the end. */
const ANY_PLACES: readonly ArgumentPlace[] = ['rest'];

interface CallPlan {
  readonly params: Readonly<Record<string, string | number>>;
  readonly call: Omit<CallOptions, 'kwargs'>;
}

function callerOf(session: Session, procedure: ProcedureContract, { params, call }: CallPlan): Caller {
  const uri = filledIn(procedure.uri, params);
  const { places, streams } = procedure;
  const plain = places.every((place) => place === 'argument');
  return (...given) => {
    const { args, kwargs } =
      plain && !hasKeywords(given) ? { args: trimmed(given), kwargs: undefined } : placed(given, places);
    const options = kwargs === undefined ? call : { ...call, kwargs };
    return streams ? session.stream(uri, args, options) : session.call(uri, args, options);
  };
}

/** The URI with the values of its named parts. */
function filledIn(uri: string, params: Readonly<Record<string, string | number>>): string {
  if (!uri.includes('<')) return uri;
  const filled = uri.replaceAll(/<([^:>]+)[^>]*>/g, (_part, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value !== undefined) return String(value);
    throw new InvalidConfiguration(`remote(): ${uri} has the named part '${name}'; say { params: { ${name}: … } }`);
  });
  if (uriPattern(uri).values(filled) === undefined) {
    throw new InvalidConfiguration(`remote(): the params ${JSON.stringify(params)} do not fit ${uri}`);
  }
  return filled;
}

function hasKeywords(given: readonly unknown[]): boolean {
  return given.at(-1) instanceof Keywords;
}

/** What is left out at the end is not sent: a default of the other side applies. */
function trimmed(args: unknown[]): unknown[] {
  let length = args.length;
  while (length > 0 && args[length - 1] === undefined) length--;
  return length === args.length ? args : args.slice(0, length);
}

function placed(given: readonly unknown[], places: readonly ArgumentPlace[]): { args: unknown[]; kwargs?: object } {
  const values = hasKeywords(given) ? given.slice(0, -1) : given;
  const args: unknown[] = [];
  const entries: [string, unknown][] = hasKeywords(given) ? Object.entries((given.at(-1) as Keywords).values) : [];
  values.forEach((value, i) => {
    // Behind the last place: what is too much goes along, so that the other side can say so.
    const place = places[i] ?? 'rest';
    if (place === 'argument' || place === 'rest') args.push(value);
    else if (value === undefined) return;
    else if (place === 'keywords') entries.push(...Object.entries(value as object));
    else entries.push([place.keyword, value]);
  });
  return entries.length === 0 ? { args: trimmed(args) } : { args: trimmed(args), kwargs: Object.fromEntries(entries) };
}
