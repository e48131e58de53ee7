import type { Clock, Serializer } from '@wamp-run/protocol';
import { cbor } from '@wamp-run/serializers/cbor';
import { json } from '@wamp-run/serializers/json';
import { msgpack } from '@wamp-run/serializers/msgpack';

export type SerializerName = 'cbor' | 'json' | 'msgpack';

export const SERIALIZERS: Readonly<Record<SerializerName, () => Serializer>> = { cbor, json, msgpack };

export const PROCEDURE = 'com.example.add';
export const REALM = 'realm1';

export const clock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
