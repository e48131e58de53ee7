import {
  type Dict,
  isDict,
  type PlainPayload,
  payloadOf,
  portableArgs,
  portableKwargs,
  SerializationError,
  typeName,
  type Value,
} from '@wamp-run/protocol';

/**
 * The payload of a message that this side sends. The values themselves are checked, and copied or encoded, by the
 * transport; this sees to what would otherwise vanish without a word.
 */
export function outgoing(args: readonly unknown[] | undefined, kwargs: object | undefined): PlainPayload | undefined {
  if (args !== undefined && !Array.isArray(args)) {
    throw new SerializationError(`args: expected a list, got ${typeName(args)}; wrap a single argument in [ ]`);
  }
  return payloadOf((args ?? []) as Value[], kwargs === undefined ? {} : keywords(kwargs));
}

function keywords(kwargs: object): Dict {
  if (isDict(kwargs)) {
    const prototype = Object.getPrototypeOf(kwargs);
    if (prototype === Object.prototype || prototype === null) return kwargs;
    return portableKwargs(kwargs);
  }
  throw new SerializationError(`kwargs: expected a dict, got ${typeName(kwargs)}`);
}

/** Arguments as they are now, whatever becomes of the objects. Throws SerializationError where they cannot be carried. */
export function snapshot(args: readonly unknown[] | undefined, kwargs: object | undefined) {
  const payload = outgoing(args, kwargs);
  return {
    args: portableArgs(payload?.args, { copy: true }),
    options: kwargs === undefined ? {} : { kwargs: portableKwargs(payload?.kwargs, { copy: true }) },
  };
}
