// In the middle: a bare ws relay. What the caller sends goes to the callee, and back. It knows no protocol.
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { serve } from '../child.js';
import { measureSelf } from '../self.js';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, handleProtocols: first });
const ends: WebSocket[] = [];

server.on('connection', (end) => {
  const index = ends.push(end) - 1;
  end.on('message', (data, binary) => ends[1 - index]?.send(data as Buffer, { binary }));
});
server.on('listening', () => serve(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`, measureSelf));

function first(protocols: Set<string>): string | false {
  for (const protocol of protocols) return protocol;
  return false;
}
