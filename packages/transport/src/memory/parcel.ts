import {
  COPY,
  type Dict,
  type PlainPayload,
  ProtocolError,
  portableArgs,
  portableKwargs,
  type Value,
} from '@wamp-run/protocol';

/**
 * A payload that a memory transport has copied, so that nobody holds its objects but the one it was handed to.
 * When that one sends it on (a router does), its objects move to the first receiver without another copy; every further
 * receiver of the same turn gets a copy. From the moment the first receiver has them, they are no longer here.
 */
export class Parcel implements PlainPayload {
  args: Value[];
  kwargs: Dict;
  #promised = false;

  private constructor(args: Value[], kwargs: Dict) {
    this.args = args;
    this.kwargs = kwargs;
  }

  /** A parcel with the values of this payload. Throws a SerializationError where one of them cannot travel. */
  static of(payload: PlainPayload): Parcel {
    if (#promised in payload && !payload.#promised) {
      payload.#promised = true;
      return new Parcel(payload.args, payload.kwargs);
    }
    return new Parcel(portableArgs(payload.args, COPY), portableKwargs(payload.kwargs, COPY));
  }

  /** Lets go of the objects: another has them now. */
  empty(): void {
    this.args = GONE_ARGS;
    this.kwargs = GONE_KWARGS;
  }
}

// What an emptied parcel holds: to read it would be to read what the receiver may have changed.
const gone = (): never => {
  throw new ProtocolError(
    'this payload was sent on and belongs to its receiver; to keep one, send { args, kwargs } of it',
    {
      side: 'local',
      executed: 'no',
    },
  );
};
const NOTHING_LEFT: ProxyHandler<never> = { get: gone, has: gone, ownKeys: gone, getOwnPropertyDescriptor: gone };
const GONE_ARGS = new Proxy<Value[]>([], NOTHING_LEFT);
const GONE_KWARGS = new Proxy<Dict>({}, NOTHING_LEFT);
