/** Every serializer, by the name that it goes by in WAMP: what follows `wamp.2.` in its subprotocol. */
export const SERIALIZER_NAMES = [
  'cbor',
  'msgpack',
  'json',
  'ubjson',
  'flatbuffers',
  'cbor.batched',
  'msgpack.batched',
  'json.batched',
  'ubjson.batched',
  'flatbuffers.batched',
] as const;

/** The name of a serializer that there is. */
export type SerializerName = (typeof SERIALIZER_NAMES)[number];
