// In the middle: a ws server that sends what it gets to every other connection, by one call of `send` for each.
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { serve } from '../child.js';
import { measureSelf } from '../self.js';

const protocol = 'wamp.2.cbor';
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: 0,
  perMessageDeflate: false,
  clientTracking: false,
  handleProtocols: () => protocol,
});
const all = new Set<WebSocket>();

server.on('connection', (end) => {
  all.add(end);
  end.on('close', () => all.delete(end));
  end.on('message', (data, binary) => {
    for (const other of all) if (other !== end) other.send(data as Buffer, { binary });
  });
});
server.on('listening', () => serve(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`, measureSelf));
