import { helloMessage, type Message, MessageType } from '@wamp-run/protocol';
import { cbor } from '@wamp-run/serializers/cbor';
import { RawWebSocket } from './raw-web-socket.js';
import { REALM } from './wire.js';

const serializer = cbor();

/** The bytes of a message. */
export function bytesOf(message: Message): Uint8Array {
  return serializer.encode(message);
}

/** The message in a part of what was read. */
export function messageIn(bytes: Uint8Array, start: number, end: number): Message {
  return serializer.decode(bytes.subarray(start, end));
}

/** A session on a raw socket: joined when it resolves. `message` gets what comes after WELCOME. */
export async function rawSession(
  url: string,
  message: (bytes: Uint8Array, start: number, end: number) => void,
  closed: () => void,
): Promise<RawWebSocket> {
  let joined = false;
  let join: () => void = () => {};
  const welcome = new Promise<void>((resolve) => {
    join = resolve;
  });
  const ws = await RawWebSocket.connect(
    url,
    (bytes, start, end) => {
      if (joined) {
        message(bytes, start, end);
        return;
      }
      const { type } = messageIn(bytes, start, end);
      if (type !== MessageType.WELCOME) throw new Error(`expected WELCOME, got message ${type}`);
      joined = true;
      join();
    },
    closed,
  );
  ws.send(bytesOf(helloMessage(REALM, { roles: { subscriber: {}, publisher: {} } })));
  await welcome;
  return ws;
}
