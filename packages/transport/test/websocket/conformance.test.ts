import { type TransportPair, transportConformance } from '@wamp-run/protocol/conformance';
import { describe, test } from 'vitest';
import type { WebSocketListenerOptions, WebSocketOptions } from '../../src/websocket/index.js';
import { certificates } from '../support/certificates/index.js';
import { freeSocketPath } from '../support/socket-path.js';
import { batchedSerializer, binarySerializer, textSerializer } from '../support/test-serializers.js';
import { TestServer } from '../support/websockets.js';

interface Wire {
  readonly serializer?: ReturnType<typeof textSerializer>;
  readonly maxMessageSize?: number;
  readonly server?: () => Partial<WebSocketListenerOptions>;
  readonly client?: Partial<WebSocketOptions>;
}

const { ca, server: identity } = certificates;
const everything = { threshold: 0, contextTakeover: true };

const wires: [string, Wire][] = [
  ['text frames', {}],
  ['binary frames', { serializer: binarySerializer() }],
  ['batches', { serializer: batchedSerializer() }],
  ['a limit', { maxMessageSize: 256 * 1024 }],
  ['a limit and batches', { serializer: batchedSerializer(), maxMessageSize: 256 * 1024 }],
  ['TLS', { server: () => ({ tls: identity }), client: { tls: { ca } } }],
  ['a Unix socket', { server: () => ({ socketPath: freeSocketPath() }) }],
  ['compression', { server: () => ({ compression: true }), client: { compression: true } }],
  [
    'compression of everything, with a limit',
    {
      serializer: binarySerializer(),
      maxMessageSize: 256 * 1024,
      server: () => ({ compression: everything }),
      client: { compression: everything },
    },
  ],
  [
    'compressed batches',
    { serializer: batchedSerializer(), server: () => ({ compression: true }), client: { compression: true } },
  ],
  [
    'TLS and compression',
    { server: () => ({ tls: identity, compression: true }), client: { tls: { ca }, compression: true } },
  ],
];

describe.each(wires)('websocket transport, %s', (_name, wire) => {
  const { serializer = textSerializer(), maxMessageSize, server = () => ({}), client = {} } = wire;
  const limit = maxMessageSize === undefined ? {} : { maxMessageSize };
  const open = async () => {
    const testServer = await TestServer.open({ serializers: [serializer], ...limit, ...server() });
    return testServer.connect({ serializers: [serializer], ...limit, ...client });
  };
  const suite = (pair: () => Promise<TransportPair>) => transportConformance({ test, capabilities: limit, pair });

  suite(async () => {
    const ends = await open();
    return { a: ends.client, b: ends.server };
  });

  describe('from the server to the client', () => {
    suite(async () => {
      const ends = await open();
      return { a: ends.server, b: ends.client };
    });
  });
});
