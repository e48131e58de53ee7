import { BinaryPayload, decoded, headerOf, type Message, payloadIn, portable, type Value } from '@wamp-run/protocol';

/** A message as WAMP writes it, `[code, …, args, kwargs]`, with a copy of everything in it: its receiver may change its own. */
export function listOf(message: Message): Value[] {
  const list = portable(headerOf(message), 'message', { copy: true }) as Value[];
  const payload = payloadIn(message);
  if (payload === undefined) return list;
  if (payload instanceof BinaryPayload) {
    list.push(new Uint8Array(payload.bytes));
    return list;
  }
  const { args, kwargs } = decoded(payload);
  list.push(portable(args, 'args', { copy: true }));
  if (Object.keys(kwargs).length > 0) list.push(portable(kwargs, 'kwargs', { copy: true }));
  return list;
}
