// What caller and callee share: the same transport on both sides of either middle, so that only the middle differs.
import { helloMessage, type Message, MessageType, type Transport } from '@wamp-run/protocol';
import { rawsocket } from '@wamp-run/transport/rawsocket';
import { websocket } from '@wamp-run/transport/websocket';
import { clock, REALM, SERIALIZERS, type SerializerName } from './wire.js';
import type { WorkName } from './work.js';

export type Middle = 'router' | 'relay';

/** What a caller or a callee is started with. */
export interface EndOptions {
  readonly middle: Middle;
  readonly url: string;
  readonly serializer: SerializerName;
  readonly work: WorkName;
}

/** A transport to the middle, and for the router a session on it. `message` gets what comes after. */
export async function connect(
  { middle, url, serializer }: EndOptions,
  message: (message: Message) => void,
): Promise<Transport> {
  const open = url.startsWith('ws:') ? websocket : rawsocket;
  const serializers = [SERIALIZERS[serializer]()];
  const transport = await open(url, { serializers, clock }).connect(new AbortController().signal);
  let joined: (() => void) | undefined;
  const welcome = new Promise<void>((resolve) => {
    joined = resolve;
  });
  transport.start({
    message: (incoming) => (incoming.type === MessageType.WELCOME ? joined?.() : message(incoming)),
    closed: ({ reason }) => {
      console.error(`connection to the ${middle} closed: ${reason}`);
      process.exit(1);
    },
  });
  if (middle === 'router') {
    transport.send(helloMessage(REALM, { roles: { caller: {}, callee: {} } }));
    await welcome;
  }
  return transport;
}
