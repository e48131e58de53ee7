// In the middle: the router under measurement.
import { randomBytes } from 'node:crypto';
import { Router } from '@wamp-run/router';
import { cbor } from '@wamp-run/serializers/cbor';
import { websocketListener } from '@wamp-run/transport/websocket';
import { serve } from './child.js';
import { clock } from './ends.js';

const router = new Router({ realms: ['realm1'], clock, random: (n) => randomBytes(n) });
const { url } = await router.listen(websocketListener({ port: 0, serializers: [cbor()], clock }));
serve(url);
