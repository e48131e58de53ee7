import { transportConformance } from '@wamp-run/protocol/conformance';
import { describe, test } from 'vitest';
import { binary, RawSocketServer, text, WIRES } from '../support/rawsockets.js';

const LIMITED = 256 * 1024;

describe.each(WIRES)('rawsocket transport over %s', (wire) => {
  describe.each([
    ['text', text, undefined],
    ['binary', binary, undefined],
    ['a limit', text, LIMITED],
  ] as const)('%s', (_name, serializer, maxMessageSize) => {
    const limit = maxMessageSize === undefined ? {} : { maxMessageSize };

    transportConformance({
      test,
      capabilities: limit,
      pair: async () => {
        const server = await RawSocketServer.open(limit, wire);
        const { client: a, server: b } = await server.connect({ serializers: [serializer], ...limit });
        return { a, b };
      },
    });

    describe('from the server to the client', () => {
      transportConformance({
        test,
        capabilities: limit,
        pair: async () => {
          const server = await RawSocketServer.open(limit, wire);
          const { client: b, server: a } = await server.connect({ serializers: [serializer], ...limit });
          return { a, b };
        },
      });
    });
  });
});
