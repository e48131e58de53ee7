// An end of a peer: Autobahn|JS.
import { createRequire } from 'node:module';
import { WebSocket } from 'ws';
import { optionsOf, serve } from '../child.js';
import { add, type PeerOptions, serveCalls } from '../peer-end.js';
import { PROCEDURE, REALM } from '../wire.js';

interface Session {
  call(procedure: string, args: unknown[]): PromiseLike<unknown>;
  register(procedure: string, handler: (args: number[]) => unknown): PromiseLike<unknown>;
}
interface Connection {
  onopen: (session: Session) => void;
  onclose: (reason: string) => boolean;
  open(): void;
}
interface Autobahn {
  Connection: new (options: object) => Connection;
}

// It wants a browser's WebSocket, which Node 20 does not have.
Object.assign(globalThis, { WebSocket });
const autobahn = createRequire(import.meta.url)('autobahn') as Autobahn;
const { role, url } = optionsOf<PeerOptions>();
const connection = new autobahn.Connection({ url, realm: REALM, max_retries: 0 });
const session = await new Promise<Session>((resolve, reject) => {
  connection.onopen = resolve;
  connection.onclose = (reason) => {
    reject(new Error(`autobahn: ${reason}`));
    return true;
  };
  connection.open();
});
if (role === 'callee') {
  await session.register(PROCEDURE, add);
  serve(url);
} else {
  serveCalls(url, (args) => session.call(PROCEDURE, args));
}
