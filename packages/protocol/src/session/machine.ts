import { ProtocolError } from '../errors.js';
import { MESSAGE_SHAPES } from '../messages/message.js';
import type { MessageCode, MessageName } from '../messages/types.js';

/** The states of one session on one transport. `failed` is not among them: a violation ends in `closed`, with ABORT. */
export type SessionState = 'closed' | 'establishing' | 'authenticating' | 'established' | 'shutting-down' | 'closing';

/** What can happen to a session: a message goes out, a message comes in, or the transport is gone. */
export type Step = `send ${MessageName}` | `receive ${MessageName}` | 'lose transport';

/** Which step leads where. A step that is not listed is a violation of the protocol. */
export type SessionTable = Readonly<Record<SessionState, Readonly<Partial<Record<Step, SessionState>>>>>;

/** One state of a compiled table: where sending or receiving each message code leads. */
export interface Row {
  readonly send: (SessionState | undefined)[];
  readonly receive: (SessionState | undefined)[];
}

/** A table as the path of every message wants it: by state, by direction, by code. Made once for each table. */
export type CompiledTable = Readonly<Record<SessionState, Row>>;

export function compile(table: SessionTable): CompiledTable {
  const rows = {} as Record<SessionState, Row>;
  for (const state of Object.keys(table) as SessionState[]) {
    const row: Row = { send: [], receive: [] };
    for (const shape of MESSAGE_SHAPES) {
      row.send[shape.type] = table[state][`send ${shape.name}`];
      row.receive[shape.type] = table[state][`receive ${shape.name}`];
    }
    rows[state] = row;
  }
  return rows;
}

/** Walks a session table. Nothing else decides whether a message is legal now. */
export class SessionMachine {
  readonly #table: CompiledTable;
  #state: SessionState = 'closed';

  constructor(table: CompiledTable) {
    this.#table = table;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The peer sent this. Throws a ProtocolError (remote) where it may not, now; the state stays. */
  receive(type: MessageCode): void {
    const next = this.#table[this.#state].receive[type];
    if (next === undefined) throw new ProtocolError(`received ${nameFor(type)} while ${this.#state}`);
    this.#state = next;
  }

  /** This side sends that. Throws a ProtocolError (local) where it may not, now; the state stays. */
  send(type: MessageCode): void {
    const next = this.#table[this.#state].send[type];
    if (next === undefined) {
      throw new ProtocolError(`cannot send ${nameFor(type)} while ${this.#state}`, { side: 'local', executed: 'no' });
    }
    this.#state = next;
  }

  /** The transport is gone: whatever it was, it is over. */
  lose(): void {
    this.#state = 'closed';
  }
}

function nameFor(type: MessageCode): string {
  return MESSAGE_SHAPES.find((shape) => shape.type === type)?.name ?? `message ${type}`;
}

/** One row entry for each of several messages: for writing tables. */
export function all(
  verb: 'send' | 'receive',
  names: readonly MessageName[],
  to: SessionState,
): Partial<Record<Step, SessionState>> {
  return Object.fromEntries(names.map((name) => [`${verb} ${name}`, to]));
}
