/** Reads what SSH writes: big-endian numbers, and strings with their length before them. Undefined at the end. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  take(length: number): Uint8Array | undefined {
    if (length > this.left) return undefined;
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  byte(): number | undefined {
    return this.take(1)?.[0];
  }

  uint32(): number | undefined {
    const bytes = this.take(4);
    return bytes === undefined ? undefined : new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  }

  string(): Uint8Array | undefined {
    const length = this.uint32();
    return length === undefined ? undefined : this.take(length);
  }

  text(): string | undefined {
    const bytes = this.string();
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  }
}

/** A string as SSH writes it. */
export function sshString(bytes: Uint8Array): Uint8Array {
  const written = new Uint8Array(4 + bytes.length);
  new DataView(written.buffer).setUint32(0, bytes.length);
  written.set(bytes, 4);
  return written;
}

/** The Ed25519 key in SSH's form of a public key, or undefined where it is one of another kind. */
export function ed25519In(blob: Uint8Array | undefined): Uint8Array | undefined {
  if (blob === undefined) return undefined;
  const reader = new ByteReader(blob);
  if (reader.text() !== 'ssh-ed25519') return undefined;
  const key = reader.string();
  return key?.length === 32 && reader.left === 0 ? key : undefined;
}
