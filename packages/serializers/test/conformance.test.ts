import type { Serializer } from '@wamp-run/protocol';
import { serializerConformance } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { cbor } from '../src/cbor/index.js';
import { json } from '../src/json/index.js';
import { msgpack } from '../src/msgpack/index.js';
import { BROKEN } from './broken-serializers.js';
import { nestedCbor, nestedJson, nestedMsgpack } from './nested-frames.js';

describe('json', () => serializerConformance({ test, serializer: json(), nested: nestedJson }));
describe('cbor', () => serializerConformance({ test, serializer: cbor(), nested: nestedCbor }));
describe('msgpack', () => serializerConformance({ test, serializer: msgpack(), nested: nestedMsgpack }));

describe('the suite notices a serializer that', () => {
  test.each(BROKEN)('$fault', ({ serializer, noticedBy }) => {
    expect(outcome(cbor(), noticedBy)).toBe('passed');
    expect(outcome(serializer, noticedBy)).toBe('failed');
  });
});

/** How a serializer fares in the test of that name. */
function outcome(serializer: Serializer, noticedBy: string): 'passed' | 'failed' | 'not run' {
  let result: 'passed' | 'failed' | 'not run' = 'not run';
  serializerConformance({
    serializer,
    nested: nestedCbor,
    test: (name, run) => {
      if (name !== noticedBy) return;
      try {
        run();
        result = 'passed';
      } catch {
        result = 'failed';
      }
    },
  });
  return result;
}
