const SLAB = 16384;
const SHORT = 40;
const LONG = 1024;
const LONGEST_HEAD = 9;
const encoder = new TextEncoder();

/** Bytes from so many on are not copied into a frame that may lie in pieces. */
const PIECE = 32 * 1024;

/**
 * Writes frames one behind the other into slabs: most frames cost no more than the view that is handed out.
 * `begin` before a frame, `finish` after it; in between the slab may be replaced by a larger one.
 */
export class FrameWriter {
  /** The slab. Whoever writes to it directly has asked for `room` before. */
  bytes = new Uint8Array(SLAB);
  view = new DataView(this.bytes.buffer);
  /** Where the next byte goes. */
  at = 0;
  #start = 0;
  /** The slab for small frames, and where it goes on, while a large frame has one of its own. */
  #small: { bytes: Uint8Array<ArrayBuffer>; view: DataView<ArrayBuffer>; at: number } | undefined;

  /** What of the frame lies before `#start`; undefined where it is to be in one piece. */
  #pieces: Uint8Array[] | undefined;

  begin(inPieces = false): void {
    this.#start = this.at;
    this.#pieces = inPieces ? [] : undefined;
  }

  /** The frame written since `begin`, which was asked for in pieces. */
  finishPieces(): readonly Uint8Array[] {
    const pieces = this.#pieces ?? [];
    const last = this.finish();
    if (last.length > 0) pieces.push(last);
    this.#pieces = undefined;
    return pieces;
  }

  /** The frame written since `begin`. Nothing will be written over it. */
  finish(): Uint8Array {
    const frame = new Uint8Array(this.bytes.buffer, this.#start, this.at - this.#start);
    // The slab of a large frame is given up, lest small frames in what is left of it keep all of it alive.
    if (this.#small !== undefined) {
      ({ bytes: this.bytes, view: this.view, at: this.at } = this.#small);
      this.#small = undefined;
    }
    return frame;
  }

  /** Sees to it that so many bytes can be written at `at`. */
  room(length: number): void {
    if (this.at + length > this.bytes.length) this.#grow(length);
  }

  #grow(length: number): void {
    const written = this.bytes.subarray(this.#start, this.at);
    const needed = 2 * written.length + length;
    if (needed > SLAB && this.#small === undefined) {
      this.#small = { bytes: this.bytes, view: this.view, at: this.#start };
    }
    this.bytes = new Uint8Array(Math.max(SLAB, needed));
    this.view = new DataView(this.bytes.buffer);
    this.bytes.set(written);
    this.#start = 0;
    this.at = written.length;
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.at++] = value;
  }

  copy(bytes: Uint8Array): void {
    if (bytes.length >= PIECE && this.#pieces !== undefined) {
      this.#pieces.push(new Uint8Array(this.bytes.buffer, this.#start, this.at - this.#start), bytes);
      this.#start = this.at;
      return;
    }
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Text that is known to be ASCII. */
  ascii(text: string): void {
    const { length } = text;
    this.room(length);
    const { bytes } = this;
    for (let i = 0; i < length; i++) bytes[this.at++] = text.charCodeAt(i);
  }

  /** Text as UTF-8. Half of a surrogate pair becomes U+FFFD. */
  utf8(text: string): void {
    if (text.length > LONG) {
      this.copy(encoder.encode(text));
      return;
    }
    // No unit of UTF-16 takes more than three bytes.
    this.room(3 * text.length);
    this.at += encoder.encodeInto(text, this.bytes.subarray(this.at)).written;
  }

  /** Text as UTF-8, behind a head that says how many bytes it takes. */
  headedText(text: string, head: (writer: FrameWriter, length: number) => void): void {
    const { length } = text;
    // Short ASCII, as URIs and keys are, is faster without the call into the encoder.
    if (length <= SHORT) {
      // For both at once: the slab must not change between the head and the text.
      this.room(LONGEST_HEAD + length);
      const start = this.at;
      head(this, length);
      const { bytes, at } = this;
      let i = 0;
      for (; i < length; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[at + i] = unit;
      }
      if (i === length) {
        this.at += length;
        return;
      }
      this.at = start;
    }
    if (length > LONG) {
      const utf8 = encoder.encode(text);
      head(this, utf8.length);
      this.copy(utf8);
      return;
    }
    // Written behind the room of the longest head, and then moved up to the head that it takes.
    this.room(LONGEST_HEAD + 3 * length);
    const from = this.at + LONGEST_HEAD;
    const { written } = encoder.encodeInto(text, this.bytes.subarray(from));
    head(this, written);
    this.bytes.copyWithin(this.at, from, from + written);
    this.at += written;
  }
}
