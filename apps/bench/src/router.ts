// In the middle: the router under measurement, on the wire that it is told.
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Router } from '@wamp-run/router';
import { cbor } from '@wamp-run/serializers/cbor';
import { rawsocketListener } from '@wamp-run/transport/rawsocket';
import { websocketListener } from '@wamp-run/transport/websocket';
import { serve } from './child.js';
import { clock } from './ends.js';

const wires = {
  websocket: () => websocketListener({ port: 0, serializers: [cbor()], clock }),
  tcp: () => rawsocketListener({ port: 0, serializers: [cbor()], clock }),
  unix: () =>
    rawsocketListener({
      path: join(mkdtempSync(join(tmpdir(), 'wamp-bench-')), 'router'),
      serializers: [cbor()],
      clock,
    }),
};

const router = new Router({ realms: ['realm1'], clock, random: (n) => randomBytes(n) });
const { url } = await router.listen(wires[process.argv[2] as keyof typeof wires]());
serve(url);
