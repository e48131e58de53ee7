// In the middle: the router under measurement, on the wire that it is told.
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Router } from '@wamp-run/router';
import { rawsocketListener } from '@wamp-run/transport/rawsocket';
import { websocketListener } from '@wamp-run/transport/websocket';
import { optionsOf, serve } from '../child.js';
import { measureSelf } from '../self.js';
import { clock, REALM, SERIALIZERS, type SerializerName } from '../wire.js';

/** What a router is started with. */
export interface RouterProcessOptions {
  readonly wire: 'websocket' | 'tcp' | 'unix';
  readonly serializer: SerializerName;
}

const { wire, serializer } = optionsOf<RouterProcessOptions>();
const serializers = [SERIALIZERS[serializer]()];
const listeners = {
  websocket: () => websocketListener({ port: 0, serializers, clock }),
  tcp: () => rawsocketListener({ port: 0, serializers, clock }),
  unix: () =>
    rawsocketListener({ path: join(mkdtempSync(join(tmpdir(), 'wamp-bench-')), 'router'), serializers, clock }),
};

// Wide enough for every row, and bounds all the same: they are looked at as they always are.
const MANY = 1_000_000;
const limits = {
  sessions: MANY,
  sessionsPerAddress: MANY,
  handshakes: MANY,
  handshakesPerAddress: MANY,
  registrations: MANY,
};
const router = new Router({ realms: [REALM], clock, random: (n) => randomBytes(n), limits });
const { url } = await router.listen(listeners[wire]());
serve(url, measureSelf);
