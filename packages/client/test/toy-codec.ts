import type { DecodedPayload, Dict, EncodedPayload, PayloadCodec, Value } from '@wamp-run/protocol';

const PREFIX = 0x7e;

/**
 * Hides arguments from the eye of a test, and from nobody else: it is no cipher. JSON, each byte turned over with a key,
 * behind a prefix. What is in `plain` it leaves alone.
 */
export class ToyCodec implements PayloadCodec {
  readonly seen: [way: 'encode' | 'decode', isOriginating: boolean, uri: string][] = [];
  readonly plain = new Set<string>();
  required = false;
  scheme = 'x_toy';
  /** The URI that it puts inside, where that is to be another. */
  uri: string | undefined;

  constructor(readonly key = 0x55) {}

  encode(isOriginating: boolean, uri: string, args: Value[], kwargs: Dict): EncodedPayload | undefined {
    this.seen.push(['encode', isOriginating, uri]);
    if (this.plain.has(uri)) return undefined;
    const text = new TextEncoder().encode(JSON.stringify({ uri: this.uri ?? uri, args, kwargs }));
    const payload = Uint8Array.of(PREFIX, ...text.map((byte) => byte ^ this.key));
    return { payload, scheme: this.scheme, serializer: 'json', keyId: String(this.key) };
  }

  decode(isOriginating: boolean, uri: string, { payload }: EncodedPayload): DecodedPayload {
    this.seen.push(['decode', isOriginating, uri]);
    if (payload[0] !== PREFIX) throw new Error('not of this codec: secret');
    return JSON.parse(new TextDecoder().decode(payload.subarray(1).map((byte) => byte ^ this.key)));
  }

  requires(): boolean {
    return this.required;
  }
}
