import type { ValueSerializer } from '@wamp-run/protocol';

/** Values as JSON, bytes as WAMP has them there, under whatever name: a codec does not look inside. */
export function values(name: 'json' | 'cbor'): ValueSerializer {
  return {
    name,
    encode: (value) =>
      new TextEncoder().encode(
        JSON.stringify(value, (_, item) =>
          item instanceof Uint8Array ? `\u0000${Buffer.from(item).toString('base64')}` : item,
        ),
      ),
    decode: (bytes) =>
      JSON.parse(new TextDecoder().decode(bytes), (_, item) =>
        typeof item === 'string' && item.startsWith('\u0000')
          ? new Uint8Array(Buffer.from(item.slice(1), 'base64'))
          : item,
      ),
  };
}

/** Bytes that are never the same twice, and the same in every run. */
export function counting(): (n: number) => Uint8Array {
  let next = 1;
  return (n) => {
    const bytes = new Uint8Array(n);
    new DataView(bytes.buffer).setUint32(0, next++);
    return bytes;
  };
}
