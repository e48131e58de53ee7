import { ProtocolError } from '@wamp-run/protocol';

/** A place in the bytes of a frame. Whoever walks or reads the frame moves it on. */
export class Cursor {
  readonly bytes: Uint8Array;
  /** The format's name, for what is said of faults. */
  readonly format: string;
  /** Index of the next byte. */
  at = 0;
  /** Items of the message still to come. Negative where only a mark at the end tells. */
  left = 0;
  /** How many of args and kwargs the message has. */
  elements = 0;
  /** Something was walked over that a library would not read as the rules of Value ask. */
  odd = false;
  #view: DataView | undefined;

  constructor(bytes: Uint8Array, format: string) {
    this.bytes = bytes;
    this.format = format;
  }

  /** For floats. */
  get view(): DataView {
    this.#view ??= new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
    return this.#view;
  }

  /** `cbor: ends inside a string at byte 17` */
  fault(what: string, at: number = this.at): ProtocolError {
    return new ProtocolError(`${this.format}: ${what} at byte ${at}`);
  }

  /** Moves on by so many bytes, which must be there. */
  skip(length: number, inside: string): void {
    if (length > this.bytes.length - this.at) throw this.fault(`ends inside ${inside}`, this.bytes.length);
    this.at += length;
  }
}
