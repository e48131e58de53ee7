import { isDict, MessageType, type Value } from '@wamp-run/protocol';

type Kind = 'session' | 'registration' | 'subscription' | 'publication' | 'invocation';

/** Which items of a message are ids that the router has drawn: another run has others. */
const ID_ITEMS: Readonly<Record<number, readonly (readonly [index: number, kind: Kind])[]>> = {
  [MessageType.WELCOME]: [[1, 'session']],
  [MessageType.PUBLISHED]: [[2, 'publication']],
  [MessageType.SUBSCRIBED]: [[2, 'subscription']],
  [MessageType.UNSUBSCRIBE]: [[2, 'subscription']],
  [MessageType.EVENT]: [
    [1, 'subscription'],
    [2, 'publication'],
  ],
  [MessageType.EVENT_RECEIVED]: [[1, 'publication']],
  [MessageType.REGISTERED]: [[2, 'registration']],
  [MessageType.UNREGISTER]: [[2, 'registration']],
  [MessageType.INVOCATION]: [
    [1, 'invocation'],
    [2, 'registration'],
  ],
  [MessageType.INTERRUPT]: [[1, 'invocation']],
  [MessageType.YIELD]: [[1, 'invocation']],
};

/** The same in options and details. */
const ID_KEYS: Readonly<Record<string, Kind>> = {
  caller: 'session',
  publisher: 'session',
  exclude: 'session',
  eligible: 'session',
  registration: 'registration',
  subscription: 'subscription',
};

/** Names for the ids of one run, by the order in which they turn up: `session 1`, `registration 2`. */
export class IdNames {
  readonly #names = new Map<string, string>();
  readonly #ids = new Map<string, Value>();
  readonly #counts = new Map<string, number>();

  /** A message with names in the place of ids: equal for two runs that went the same way. */
  named(message: readonly Value[], connection: number): Value[] {
    return this.#mapped(message, connection, (kind, id) => this.#nameOf(kind, id));
  }

  /** A message of another run with the ids of this one, as far as they are known here. */
  translated(message: readonly Value[], connection: number, from: IdNames): Value[] {
    return this.#mapped(message, connection, (kind, id) => this.#ids.get(from.#nameOf(kind, id)) ?? id);
  }

  #nameOf(kind: string, id: Value): string {
    const key = `${kind} ${String(id)}`;
    let name = this.#names.get(key);
    if (name === undefined) {
      const count = (this.#counts.get(kind) ?? 0) + 1;
      this.#counts.set(kind, count);
      name = `${kind} ${count}`;
      this.#names.set(key, name);
      this.#ids.set(name, id);
    }
    return name;
  }

  #mapped(message: readonly Value[], connection: number, map: (kind: string, id: Value) => Value): Value[] {
    const list = [...message];
    const code = list[0] as number;
    // Requests of the router count for each connection.
    const scoped = (kind: Kind) => (kind === 'invocation' ? `invocation on ${connection}` : kind);
    for (const [index, kind] of ID_ITEMS[code] ?? []) list[index] = map(scoped(kind), list[index] as Value);
    if (code === MessageType.ERROR && list[1] === MessageType.INVOCATION) {
      list[2] = map(scoped('invocation'), list[2] as Value);
    }
    return list.map((item, index) => (isDict(item) && index < HEADER_END ? mapDict(item, map) : item));
  }
}

/** Options and details stand before this item in every message; behind it are arguments. */
const HEADER_END = 4;

function mapDict(dict: { [key: string]: Value }, map: (kind: string, id: Value) => Value): Value {
  return Object.fromEntries(
    Object.entries(dict).map(([key, value]) => {
      const kind = ID_KEYS[key];
      if (kind === undefined) return [key, value];
      return [key, Array.isArray(value) ? value.map((id) => map(kind, id)) : map(kind, value)];
    }),
  );
}
