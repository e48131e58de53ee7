import { type TransportPair, transportConformance } from '@wamp-run/protocol/conformance';
import { describe, test } from 'vitest';
import { certificates } from '../support/certificates/index.js';
import { PollServer } from '../support/long-polls.js';
import { batchedSerializer, binarySerializer, textSerializer } from '../support/test-serializers.js';

const { ca, server: identity } = certificates;
const LIMIT = 256 * 1024;

describe.each([
  ['one message to a body', {}, {}, {}],
  ['bytes', { serializers: [binarySerializer()] }, {}, {}],
  ['batches', { serializers: [batchedSerializer()] }, {}, {}],
  ['a limit', {}, {}, { maxMessageSize: LIMIT }],
  ['a limit and batches', { serializers: [batchedSerializer()] }, {}, { maxMessageSize: LIMIT }],
  ['TLS', { tls: { ca } }, { tls: identity }, {}],
])('long-poll, %s', (_name, client, server, limit) => {
  const open = async () => {
    const pollServer = await PollServer.open({ ...server, ...limit });
    return pollServer.connect({ serializers: [textSerializer()], ...client, ...limit });
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
