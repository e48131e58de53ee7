// What caller and callee share: the same transport on both sides of either middle, so that only the middle differs.
import {
  type Clock,
  decoded,
  helloMessage,
  type Message,
  MessageType,
  type Payload,
  registerMessage,
  type Transport,
} from '@wamp-run/protocol';
import { cbor } from '@wamp-run/serializers/cbor';
import { rawsocket } from '@wamp-run/transport/rawsocket';
import { websocket } from '@wamp-run/transport/websocket';

export type Middle = 'router' | 'relay';

export const PROCEDURE = 'com.example.add';

export const clock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** A transport to the middle, and for the router a session on it. `message` gets what comes after. */
export async function connect(middle: Middle, url: string, message: (message: Message) => void): Promise<Transport> {
  const open = url.startsWith('ws:') ? websocket : rawsocket;
  const transport = await open(url, { serializers: [cbor()], clock }).connect(new AbortController().signal);
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
    transport.send(helloMessage('realm1', { roles: { caller: {}, callee: {} } }));
    await welcome;
  }
  return transport;
}

export function register(transport: Transport): void {
  transport.send(registerMessage(1, {}, PROCEDURE));
}

/** What the callee answers. */
export function sum(payload: Payload | undefined): number {
  const [a, b] = decoded(payload).args as [number, number];
  return a + b;
}
