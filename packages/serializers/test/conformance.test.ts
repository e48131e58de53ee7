import type { Serializer } from '@wamp-run/protocol';
import { serializerConformance } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { cbor, cborBatched } from '../src/cbor/index.js';
import { flatbuffers, flatbuffersBatched } from '../src/flatbuffers/index.js';
import { json, jsonBatched } from '../src/json/index.js';
import { msgpack, msgpackBatched } from '../src/msgpack/index.js';
import { ubjson, ubjsonBatched } from '../src/ubjson/index.js';
import { BROKEN } from './broken-serializers.js';
import { nestedCbor, nestedFlatbuffers, nestedJson, nestedMsgpack, nestedUbjson } from './nested-frames.js';

describe('json', () => serializerConformance({ test, serializer: json(), nested: nestedJson }));
describe('cbor', () => serializerConformance({ test, serializer: cbor(), nested: nestedCbor }));
describe('msgpack', () => serializerConformance({ test, serializer: msgpack(), nested: nestedMsgpack }));

describe('ubjson', () => serializerConformance({ test, serializer: ubjson(), nested: nestedUbjson }));
describe('ubjson, Draft 12', () =>
  serializerConformance({ test, serializer: ubjson({ dialect: 'draft12' }), nested: nestedUbjson }));
describe('ubjson.batched', () => serializerConformance({ test, serializer: ubjsonBatched(), nested: nestedUbjson }));
describe('flatbuffers', () => serializerConformance({ test, serializer: flatbuffers(), nested: nestedFlatbuffers }));
describe('flatbuffers.batched', () =>
  serializerConformance({ test, serializer: flatbuffersBatched(), nested: nestedFlatbuffers }));
describe('json.batched', () => serializerConformance({ test, serializer: jsonBatched(), nested: nestedJson }));
describe('json.batched, 0x18 taken', () =>
  serializerConformance({ test, serializer: jsonBatched({ octalSeparator: true }) }));
describe('cbor.batched', () => serializerConformance({ test, serializer: cborBatched(), nested: nestedCbor }));
describe('msgpack.batched', () => serializerConformance({ test, serializer: msgpackBatched(), nested: nestedMsgpack }));

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
