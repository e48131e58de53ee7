// In the middle, of a peer: the router fox-wamp (JSON).
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { serve } from '../child.js';
import { measureSelf } from '../self.js';

const FoxRouter = createRequire(import.meta.url)('fox-wamp') as new () => { listenWAMP(options: object): Server };
const server = new FoxRouter().listenWAMP({ host: '127.0.0.1', port: 0 });
server.on('listening', () => serve(`ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, measureSelf));
