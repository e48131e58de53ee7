import { BinaryPayload, type Payload, portableArgs, portableKwargs, RawPayload, type Value } from '@wamp-run/protocol';

/**
 * A payload that can be kept: what a message brought belongs to the receivers of that message, and lies in memory that
 * is larger than itself.
 */
export function kept(payload: Payload | undefined): Payload | undefined {
  if (payload === undefined) return undefined;
  if (payload instanceof RawPayload) return payload.copy();
  if (payload instanceof BinaryPayload) return new BinaryPayload(new Uint8Array(payload.bytes));
  const copy = { copy: true };
  return { args: portableArgs(payload.args, copy), kwargs: portableKwargs(payload.kwargs, copy) };
}

// What a list, a dict, a number or a key costs besides its content: for bounds, not for accounts.
const OVERHEAD = 16;

/** How many bytes a payload takes: exactly where it is bytes, about where it is values. */
export function sizeOf(payload: Payload | undefined): number {
  if (payload === undefined) return 0;
  if (payload instanceof RawPayload) return payload.raw.length;
  if (payload instanceof BinaryPayload) return payload.bytes.length;
  return sizeOfValue(payload.args) + sizeOfValue(payload.kwargs);
}

/** About how many bytes a value takes. */
export function sizeOfValue(value: Value): number {
  if (typeof value === 'string') return OVERHEAD + 2 * value.length;
  if (typeof value !== 'object' || value === null) return OVERHEAD;
  if (value instanceof Uint8Array) return OVERHEAD + value.length;
  let size = OVERHEAD;
  if (Array.isArray(value)) {
    for (const item of value) size += sizeOfValue(item);
  } else {
    for (const key of Object.keys(value)) size += OVERHEAD + 2 * key.length + sizeOfValue(value[key] as Value);
  }
  return size;
}
