import { BinaryPayload, type Connector, decoded, type Message, type Payload, payloadIn } from '@wamp-run/protocol';

/** What becomes of a message on the way; undefined: it is lost. */
export type Change = (message: Message) => Message | undefined;

const same: Change = (message) => message;

/** A way to the router that changes what passes, as a router could that means harm. */
export function evilWire(
  inner: Connector,
  { sent = same, received = same }: { sent?: Change; received?: Change },
): Connector {
  return {
    address: inner.address,
    connect: async (stop) => {
      const transport = await inner.connect(stop);
      return {
        details: transport.details,
        get queuedBytes() {
          return transport.queuedBytes;
        },
        close: () => transport.close(),
        send: (message) => {
          const changed = sent(message);
          if (changed !== undefined) transport.send(changed);
        },
        start: (handler) =>
          transport.start({
            closed: handler.closed.bind(handler),
            message: (message) => {
              const changed = received(message);
              if (changed !== undefined) handler.message(changed);
            },
          }),
      };
    },
  };
}

/** The bytes of a payload that came or goes encoded; undefined for any other. */
export function encodedBytes(message: Message): Uint8Array | undefined {
  const payload = payloadIn(message);
  if (payload instanceof BinaryPayload) return payload.bytes;
  const [bytes] = decoded(payload).args;
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** The message with other bytes in their place, in the form that it had. */
export function withBytes(message: Message, bytes: Uint8Array): Message {
  const before = payloadIn(message);
  const payload: Payload = before instanceof BinaryPayload ? new BinaryPayload(bytes) : { args: [bytes], kwargs: {} };
  return { ...message, payload } as Message;
}
