import { InvalidConfiguration, type Serializer } from '@wamp-run/protocol';

/** The serializers' numbers in a RawSocket handshake, by subprotocol. 0 is illegal, 6 to 15 are reserved. */
const SERIALIZER_IDS: ReadonlyMap<string, number> = new Map([
  ['wamp.2.json', 1],
  ['wamp.2.msgpack', 2],
  ['wamp.2.cbor', 3],
  ['wamp.2.ubjson', 4],
  ['wamp.2.flatbuffers', 5],
]);

/** The number of a serializer that `checkSerializerIds` has let through. */
export function idOf({ subprotocol }: Serializer): number {
  return SERIALIZER_IDS.get(subprotocol) as number;
}

/** Throws an InvalidConfiguration where RawSocket has no number for one of these. `of` says whose options these are. */
export function checkSerializerIds(serializers: readonly Serializer[], of: string): void {
  for (const { name, subprotocol, batch } of serializers) {
    // The number is the same for both forms, so that the peer would take a batch for one message.
    if (batch !== undefined || subprotocol.endsWith('.batched')) {
      throw new InvalidConfiguration(
        `${of}: serializers: ${subprotocol} cannot be told from wamp.2.${name} on RawSocket; give that one`,
      );
    }
    if (!SERIALIZER_IDS.has(subprotocol)) {
      const known = [...SERIALIZER_IDS.keys()].map((each) => each.slice('wamp.2.'.length)).join(', ');
      throw new InvalidConfiguration(`${of}: serializers: RawSocket has no number for ${name}; it has ${known}`);
    }
  }
}
