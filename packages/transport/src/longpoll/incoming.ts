import { ERROR_URIS, type Message, ProtocolError, type Serializer } from '@wamp-run/protocol';

/** What comes in at one end. */
export interface Incoming {
  readonly serializer: Serializer;
  /** Takes a message; false where no more are wanted. */
  take(message: Message): boolean;
}

/** Takes the messages of a body one after the other. What it returns is what is wrong with the body, where something is. */
export function readMessages(body: Uint8Array, { serializer, take }: Incoming): ProtocolError | undefined {
  const what = `${serializer.name}: the message cannot be read`;
  const frames = attempt(() => serializer.batch?.split(body) ?? [body], what);
  if (frames instanceof ProtocolError) return frames;
  for (const frame of frames) {
    const message = attempt(() => serializer.decode(frame), what);
    if (message instanceof ProtocolError) return message;
    if (!take(message)) return undefined;
  }
  return undefined;
}

function attempt<T>(read: () => T, what: string): T | ProtocolError {
  try {
    return read();
  } catch (cause) {
    return cause instanceof ProtocolError ? cause : new ProtocolError(what, { cause });
  }
}

/** The error for a body that is larger than it may be. */
export function tooLarge(limit: number): ProtocolError {
  return new ProtocolError(`a message of more than ${limit} bytes came in, which is the limit here`, {
    reason: ERROR_URIS.payloadSizeExceeded,
  });
}
