// Longer than 300 lines: one table, of every message, read line by line beside the schema.

import { MessageType } from '@wamp-run/protocol';
import { bytes, choice, type Field, flag, id, ids, route, text, texts, uint16, uint32 } from './fields.js';
import { clientRoles, routerRoles } from './roles.js';

/** Where the options or details stand in a message's header. */
export const DICT = 'dict';

/** A key of options or details, and where it lies. */
export interface Member {
  readonly key: string;
  readonly field: Field;
}

/** How a message lies in its table of the schema. */
export interface Layout {
  /** The number of its type in the union, which is not its code for EVENT_RECEIVED. */
  readonly type: number;
  /** What the header's items behind the code are: a field, or the options or details. */
  readonly items: readonly (Field | typeof DICT)[];
  /** The options or details may be left out, and are where none of their keys is there. */
  readonly optional: boolean;
  /** The known keys of options or details, in the order of their slots. */
  readonly members: readonly Member[];
  /** The same by key. */
  readonly keys: ReadonlyMap<string, Field>;
  /** Args, kwargs, and a payload passed through, in slots that follow each other; none where the schema has none. */
  readonly payload: readonly [args: Field, kwargs: Field, through: Field] | undefined;
  /** How many slots the schema has. */
  readonly slots: number;
  /** By slot, whether it is read. */
  readonly known: readonly boolean[];
}

interface LayoutParts {
  readonly type: number;
  readonly items: Layout['items'];
  readonly optional?: boolean;
  readonly keys?: { readonly [key: string]: Field };
  readonly args?: number;
  readonly slots: number;
}

function layout({ type, items, optional = false, keys = {}, args, slots }: LayoutParts): Layout {
  const known = new Array<boolean>(slots).fill(false);
  for (const item of items) if (item !== DICT) known[item.slot] = true;
  for (const { slot } of Object.values(keys)) known[slot] = true;
  for (let i = 0; args !== undefined && i < 3; i++) known[args + i] = true;
  return {
    type,
    items,
    optional,
    members: Object.entries(keys).map(([key, field]) => ({ key, field })),
    keys: new Map(Object.entries(keys)),
    payload: args === undefined ? undefined : [bytes(args), bytes(args + 1), bytes(args + 2)],
    slots,
    known,
  };
}

const MATCHES = ['exact', 'prefix', 'wildcard'];
const MODES = ['skip', 'kill', 'killnowait'];
const INVOKES = ['single', 'first', 'last', 'roundrobin', 'random'];
const AUTHMETHODS = ['', 'ticket', 'wampcra', 'scram', 'cryptosign'];
const ALGORITHMS = ['', 'cryptobox', 'mqtt', 'xbr'];
const SERIALIZERS = ['', 'json', 'msgpack', 'cbor', 'ubjson', 'opaque', 'flatbuffers'];

/** Autobahn|Python's keys for a payload that is passed through, from the slot of the scheme on. */
function passthru(scheme: number): { readonly [key: string]: Field } {
  return {
    enc_algo: choice(scheme, ALGORITHMS),
    enc_serializer: choice(scheme + 1, SERIALIZERS),
    enc_key: text(scheme + 3),
  };
}

const outcome = {
  items: [id(1), DICT],
  args: 2,
  keys: {
    ...passthru(5),
    progress: flag(9),
    callee: id(10),
    callee_authid: text(11),
    callee_authrole: text(12),
    forward_for: route(13),
  },
  slots: 14,
} as const;

/** The tables of Autobahn|Python's schema (`wamp/flatbuffers/*.fbs`), by message code. Slot 0 is a session, left out but in WELCOME. */
export const LAYOUTS: ReadonlyMap<number, Layout> = new Map([
  [
    MessageType.HELLO,
    layout({
      type: MessageType.HELLO,
      items: [text(2), DICT],
      keys: {
        roles: clientRoles(1),
        authid: text(4),
        authrole: text(5),
        resumable: flag(7),
        resume_session: id(8),
        resume_token: text(9),
      },
      slots: 10,
    }),
  ],
  [
    MessageType.WELCOME,
    layout({
      type: MessageType.WELCOME,
      items: [id(0), DICT],
      keys: {
        roles: routerRoles(1),
        realm: text(2),
        authid: text(3),
        authrole: text(4),
        authmethod: choice(5, AUTHMETHODS),
        authprovider: text(6),
        resumed: flag(8),
        resumable: flag(9),
        resume_token: text(10),
      },
      slots: 11,
    }),
  ],
  [
    MessageType.ABORT,
    layout({ type: MessageType.ABORT, items: [DICT, text(1)], keys: { message: text(2) }, slots: 3 }),
  ],
  [MessageType.CHALLENGE, layout({ type: MessageType.CHALLENGE, items: [choice(1, AUTHMETHODS), DICT], slots: 3 })],
  [MessageType.AUTHENTICATE, layout({ type: MessageType.AUTHENTICATE, items: [text(1), DICT], slots: 3 })],
  [
    MessageType.GOODBYE,
    layout({
      type: MessageType.GOODBYE,
      items: [DICT, text(1)],
      keys: { message: text(2), resumable: flag(3) },
      slots: 4,
    }),
  ],
  [
    MessageType.ERROR,
    layout({
      type: MessageType.ERROR,
      items: [uint16(1), id(2), DICT, text(3)],
      args: 4,
      keys: { ...passthru(7), forward_for: route(11) },
      slots: 12,
    }),
  ],
  [
    MessageType.PUBLISH,
    layout({
      type: MessageType.PUBLISH,
      items: [id(1), DICT, text(2)],
      args: 3,
      keys: {
        ...passthru(6),
        acknowledge: flag(10),
        exclude_me: flag(11),
        exclude: ids(12),
        exclude_authid: texts(13),
        exclude_authrole: texts(14),
        eligible: ids(15),
        eligible_authid: texts(16),
        eligible_authrole: texts(17),
        retain: flag(18),
        transaction_hash: text(19),
        forward_for: route(20),
      },
      slots: 21,
    }),
  ],
  [MessageType.PUBLISHED, layout({ type: MessageType.PUBLISHED, items: [id(1), id(2)], slots: 3 })],
  [
    MessageType.SUBSCRIBE,
    layout({
      type: MessageType.SUBSCRIBE,
      items: [id(1), DICT, text(2)],
      keys: { match: choice(3, MATCHES), get_retained: flag(4) },
      slots: 5,
    }),
  ],
  [MessageType.SUBSCRIBED, layout({ type: MessageType.SUBSCRIBED, items: [id(1), id(2)], slots: 3 })],
  [MessageType.UNSUBSCRIBE, layout({ type: MessageType.UNSUBSCRIBE, items: [id(1), id(2)], slots: 3 })],
  [
    MessageType.UNSUBSCRIBED,
    layout({
      type: MessageType.UNSUBSCRIBED,
      items: [id(1), DICT],
      optional: true,
      keys: { subscription: id(2), reason: text(3) },
      slots: 4,
    }),
  ],
  [
    MessageType.EVENT,
    layout({
      type: MessageType.EVENT,
      items: [id(1), id(2), DICT],
      args: 3,
      keys: {
        ...passthru(6),
        publisher: id(10),
        publisher_authid: text(11),
        publisher_authrole: text(12),
        topic: text(13),
        retained: flag(14),
        transaction_hash: text(15),
        x_acknowledged_delivery: flag(16),
        forward_for: route(17),
      },
      slots: 18,
    }),
  ],
  // 337 would not fit: the schema has a number of its own.
  [MessageType.EVENT_RECEIVED, layout({ type: 37, items: [id(1)], slots: 3 })],
  [
    MessageType.CALL,
    layout({
      type: MessageType.CALL,
      items: [id(1), DICT, text(2)],
      args: 3,
      keys: {
        ...passthru(6),
        timeout: uint32(10),
        receive_progress: flag(11),
        transaction_hash: text(12),
        caller: id(13),
        caller_authid: text(14),
        caller_authrole: text(15),
        forward_for: route(16),
      },
      slots: 17,
    }),
  ],
  [
    MessageType.CANCEL,
    layout({
      type: MessageType.CANCEL,
      items: [id(1), DICT],
      keys: { mode: choice(2, MODES), forward_for: route(3) },
      slots: 4,
    }),
  ],
  [MessageType.RESULT, layout({ type: MessageType.RESULT, ...outcome })],
  [
    MessageType.REGISTER,
    layout({
      type: MessageType.REGISTER,
      items: [id(1), DICT, text(2)],
      keys: {
        match: choice(3, MATCHES),
        invoke: choice(4, INVOKES),
        concurrency: uint16(5),
        force_reregister: flag(6),
      },
      slots: 7,
    }),
  ],
  [MessageType.REGISTERED, layout({ type: MessageType.REGISTERED, items: [id(1), id(2)], slots: 3 })],
  [MessageType.UNREGISTER, layout({ type: MessageType.UNREGISTER, items: [id(1), id(2)], slots: 3 })],
  [
    MessageType.UNREGISTERED,
    layout({
      type: MessageType.UNREGISTERED,
      items: [id(1), DICT],
      optional: true,
      keys: { registration: id(2), reason: text(3) },
      slots: 4,
    }),
  ],
  [
    MessageType.INVOCATION,
    layout({
      type: MessageType.INVOCATION,
      items: [id(1), id(2), DICT],
      args: 3,
      keys: {
        ...passthru(6),
        procedure: text(10),
        timeout: uint32(11),
        receive_progress: flag(12),
        transaction_hash: text(13),
        caller: id(14),
        caller_authid: text(15),
        caller_authrole: text(16),
        forward_for: route(17),
      },
      slots: 18,
    }),
  ],
  [
    MessageType.INTERRUPT,
    layout({
      type: MessageType.INTERRUPT,
      items: [id(1), DICT],
      keys: { mode: choice(2, MODES), reason: text(3), forward_for: route(4) },
      slots: 5,
    }),
  ],
  [MessageType.YIELD, layout({ type: MessageType.YIELD, ...outcome })],
]);

const BY_TYPE: (number | undefined)[] = [];
for (const [code, { type }] of LAYOUTS) BY_TYPE[type] = code;

/** The code of the message whose number this is in the union; the number where it is none. */
export function codeOf(type: number): number {
  return BY_TYPE[type] ?? type;
}
