import { transportConformance } from '@wamp-run/protocol/conformance';
import { describe, test } from 'vitest';
import { batchedSerializer, binarySerializer, textSerializer } from '../support/test-serializers.js';
import { TestServer } from '../support/websockets.js';

const LIMITED = 256 * 1024;

describe.each([
  ['text frames', textSerializer(), undefined],
  ['binary frames', binarySerializer(), undefined],
  ['batches', batchedSerializer(), undefined],
  ['a limit', textSerializer(), LIMITED],
  ['a limit and batches', batchedSerializer(), LIMITED],
] as const)('websocket transport, %s', (_name, serializer, maxMessageSize) => {
  const limit = maxMessageSize === undefined ? {} : { maxMessageSize };

  transportConformance({
    test,
    capabilities: limit,
    pair: async () => {
      const server = await TestServer.open({ serializers: [serializer], ...limit });
      const { client: a, server: b } = await server.connect({ serializers: [serializer], ...limit });
      return { a, b };
    },
  });

  describe('from the server to the client', () => {
    transportConformance({
      test,
      capabilities: limit,
      pair: async () => {
        const server = await TestServer.open({ serializers: [serializer], ...limit });
        const { client: b, server: a } = await server.connect({ serializers: [serializer], ...limit });
        return { a, b };
      },
    });
  });
});
