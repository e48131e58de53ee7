import { InvalidConfiguration, type Serializer } from '@wamp-run/protocol';

/** The serializers' numbers in a RawSocket handshake. 0 is illegal, 6 to 15 are reserved. */
const SERIALIZER_IDS: ReadonlyMap<string, number> = new Map([
  ['json', 1],
  ['msgpack', 2],
  ['cbor', 3],
  ['ubjson', 4],
  ['flatbuffers', 5],
]);

/** The number of a serializer that `checkSerializerIds` has let through. */
export function idOf({ name }: Serializer): number {
  return SERIALIZER_IDS.get(name) as number;
}

/** Throws an InvalidConfiguration where RawSocket has no number for one of these. `of` says whose options these are. */
export function checkSerializerIds(serializers: readonly Serializer[], of: string): void {
  for (const { name, subprotocol } of serializers) {
    if (!SERIALIZER_IDS.has(name)) {
      const known = [...SERIALIZER_IDS.keys()].join(', ');
      throw new InvalidConfiguration(`${of}: serializers: RawSocket has no number for ${name}; it has ${known}`);
    }
    // The number is the same for both forms, so that the peer would take a batch for one message.
    if (subprotocol !== `wamp.2.${name}`) {
      throw new InvalidConfiguration(
        `${of}: serializers: ${subprotocol} cannot be told from wamp.2.${name} on RawSocket; give that one`,
      );
    }
  }
}
