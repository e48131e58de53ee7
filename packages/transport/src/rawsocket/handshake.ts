/** The first octet of either side: none with which an HTTP request or a TLS handshake could begin. */
export const MAGIC = 0x7f;

/** A handshake is so many octets, each way. */
export const HANDSHAKE_LENGTH = 4;

/** The bounds of what a peer can say that it takes: 2^9 to 2^24 octets, powers of two only. */
const LEAST_EXPONENT = 9;
const MOST_EXPONENT = 24;
export const LEAST_LENGTH = 2 ** LEAST_EXPONENT;
export const MOST_LENGTH = 2 ** MOST_EXPONENT;

/** Why a router refuses a client, by the number in its reply. 0 is illegal, 5 to 15 are reserved. */
export const Refusal = {
  serializerUnsupported: 1,
  lengthUnacceptable: 2,
  reservedBits: 3,
  maxConnections: 4,
} as const;
export type Refusal = (typeof Refusal)[keyof typeof Refusal];

/** What one side says of itself. */
export interface Terms {
  /** The largest message in octets that it takes: a power of two from LEAST_LENGTH to MOST_LENGTH. */
  readonly maxLength: number;
  /** The serializer's number. */
  readonly serializer: number;
}

/** The largest length that can be announced and is not above this one, which is at least LEAST_LENGTH. */
export function announceable(length: number): number {
  return 2 ** Math.min(MOST_EXPONENT, Math.floor(Math.log2(length)));
}

/** A client's request, and a router's reply where it agrees. */
export function termsOctets({ maxLength, serializer }: Terms): Uint8Array {
  return Uint8Array.of(MAGIC, ((Math.log2(maxLength) - LEAST_EXPONENT) << 4) | serializer, 0, 0);
}

/** A router's reply where it refuses. */
export function refusalOctets(refusal: Refusal): Uint8Array {
  return Uint8Array.of(MAGIC, refusal << 4, 0, 0);
}

/** What a client asks for, or the refusal that its request deserves. The first octet has been looked at. */
export function readRequest(octets: Uint8Array): Terms | Refusal {
  if (reserved(octets)) return Refusal.reservedBits;
  const terms = termsIn(octets);
  return terms.serializer === 0 ? Refusal.serializerUnsupported : terms;
}

/** What a router's reply says: it agrees, it refuses, or there is a fault in the reply. */
export type Reply =
  | { readonly kind: 'agreed'; readonly maxLength: number }
  | { readonly kind: 'refused'; readonly refusal: number; readonly text: string }
  | { readonly kind: 'fault'; readonly text: string };

/** Reads a router's reply to a client that asked for this serializer. */
export function readReply(octets: Uint8Array, asked: number): Reply {
  if (octets[0] !== MAGIC) return fault(`the other side does not speak RawSocket: it began with ${hex(octets)}`);
  if (reserved(octets)) return fault(`the router's reply uses reserved octets: ${hex(octets)}`);
  const { maxLength, serializer } = termsIn(octets);
  if (serializer === 0) return refused((octets[1] as number) >> 4);
  if (serializer !== asked) return fault(`the router chose serializer ${serializer}; asked for was ${asked}`);
  return { kind: 'agreed', maxLength };
}

function refused(refusal: number): Reply {
  switch (refusal) {
    case 0:
      return fault('the router refuses with error 0, which is illegal');
    case Refusal.serializerUnsupported:
      return { kind: 'refused', refusal, text: 'the router does not have the serializer' };
    case Refusal.lengthUnacceptable:
      return { kind: 'refused', refusal, text: 'the router does not take so small a maxMessageSize' };
    case Refusal.reservedBits:
      return { kind: 'refused', refusal, text: 'the router found reserved bits in the request' };
    case Refusal.maxConnections:
      return { kind: 'refused', refusal, text: 'the router has as many connections as it takes' };
    default:
      return { kind: 'refused', refusal, text: `the router refuses with error ${refusal}, which has no meaning yet` };
  }
}

function fault(text: string): Reply {
  return { kind: 'fault', text };
}

function reserved(octets: Uint8Array): boolean {
  return octets[2] !== 0 || octets[3] !== 0;
}

function termsIn(octets: Uint8Array): Terms {
  const octet = octets[1] as number;
  return { maxLength: 2 ** (LEAST_EXPONENT + (octet >> 4)), serializer: octet & 0x0f };
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
