import { Encoder } from 'cbor-x';
import { WebSocket } from 'ws';

/** A plain connection to a relay, whose frames cbor-x encodes and decodes: what people write without a library for WAMP. */
export interface PlainEnd {
  send(message: unknown[]): void;
}

const codec = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false });

export async function plainEnd(url: string, message: (message: unknown[]) => void): Promise<PlainEnd> {
  const ws = new WebSocket(url, 'wamp.2.cbor', { perMessageDeflate: false });
  await new Promise<void>((resolve, reject) => {
    ws.once('open', () => resolve());
    ws.once('error', reject);
  });
  ws.on('message', (data) => message(codec.decode(data as Buffer) as unknown[]));
  ws.on('close', () => process.exit(1));
  return { send: (list) => ws.send(codec.encode(list)) };
}
