// An end of a peer: wampy.
import { WebSocket } from 'ws';
import { optionsOf, serve } from '../child.js';
import { add, type PeerOptions, serveCalls } from '../peer-end.js';
import { PROCEDURE, REALM } from '../wire.js';

interface Wampy {
  connect(): Promise<unknown>;
  register(procedure: string, handler: (call: { argsList: number[] }) => unknown): Promise<unknown>;
  call(procedure: string, args: unknown[]): Promise<{ argsList: unknown[] }>;
}

const { Wampy } = (await import('wampy')) as unknown as { Wampy: new (url: string, options: object) => Wampy };
const { role, url } = optionsOf<PeerOptions>();
const wampy = new Wampy(url, { realm: REALM, ws: WebSocket, autoReconnect: false });
await wampy.connect();
if (role === 'callee') {
  await wampy.register(PROCEDURE, ({ argsList }) => ({ argsList: [add(argsList)] }));
  serve(url);
} else {
  serveCalls(url, (args) => wampy.call(PROCEDURE, args).then(({ argsList }) => argsList[0]));
}
