const SLAB = 16384;
const MOST_SLOTS = 64;
const encoder = new TextEncoder();

/**
 * Writes a FlatBuffer from its end to its beginning: whatever is referred to is written before what refers to it.
 * A position is counted from the end. Fields lie as the builders of the FlatBuffers project lay them.
 */
export class TableWriter {
  #bytes = new Uint8Array(SLAB);
  #view = new DataView(this.#bytes.buffer);
  #end = SLAB;
  /** The first byte that is written. */
  #head = SLAB;
  #widest = 1;
  readonly #slots = new Uint32Array(MOST_SLOTS);
  #slotCount = 0;
  #tableEnd = 0;

  begin(): void {
    this.#end = this.#head;
    this.#widest = 1;
  }

  /** How many bytes have been written. */
  get #position(): number {
    return this.#end - this.#head;
  }

  /** Makes room for so many bytes, and aligns what is written behind `ahead` more of them to `width`. */
  #prepare(width: number, ahead: number): void {
    if (width > this.#widest) this.#widest = width;
    const padding = -(this.#position + ahead) & (width - 1);
    const length = padding + width + ahead;
    if (length > this.#head) this.#grow(length);
    for (let i = 0; i < padding; i++) this.#bytes[--this.#head] = 0;
  }

  #grow(length: number): void {
    const written = this.#bytes.subarray(this.#head, this.#end);
    const bytes = new Uint8Array(Math.max(SLAB, 2 * (written.length + length)));
    bytes.set(written, bytes.length - written.length);
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#end = bytes.length;
    this.#head = bytes.length - written.length;
  }

  /** Text as UTF-8, with a 0 behind it. Half of a surrogate pair becomes U+FFFD. Gives its position. */
  text(text: string): number {
    const { length } = text;
    let ascii = 0;
    while (ascii < length && text.charCodeAt(ascii) < 0x80) ascii++;
    if (ascii < length) {
      const utf8 = encoder.encode(text);
      this.#prepare(4, utf8.length + 1);
      this.#bytes[--this.#head] = 0;
      this.#head -= utf8.length;
      this.#bytes.set(utf8, this.#head);
      return this.#length(utf8.length);
    }
    this.#prepare(4, length + 1);
    this.#bytes[--this.#head] = 0;
    this.#head -= length;
    for (let i = 0; i < length; i++) this.#bytes[this.#head + i] = text.charCodeAt(i);
    return this.#length(length);
  }

  bytes(bytes: Uint8Array): number {
    this.#prepare(4, bytes.length);
    this.#head -= bytes.length;
    this.#bytes.set(bytes, this.#head);
    return this.#length(bytes.length);
  }

  /** A list of integers of 64 bits. */
  ids(ids: readonly number[]): number {
    this.#prepare(4, 8 * ids.length);
    this.#prepare(8, 8 * ids.length);
    for (let i = ids.length - 1; i >= 0; i--) this.#uint64(ids[i] as number);
    return this.#length(ids.length);
  }

  /** A list of what was written before, given the positions. */
  references(positions: readonly number[]): number {
    this.#prepare(4, 4 * positions.length);
    for (let i = positions.length - 1; i >= 0; i--) this.#reference(positions[i] as number);
    return this.#length(positions.length);
  }

  #length(length: number): number {
    this.#uint32(length);
    return this.#position;
  }

  #uint32(value: number): void {
    this.#head -= 4;
    this.#view.setUint32(this.#head, value, true);
  }

  #uint64(value: number): void {
    this.#head -= 8;
    this.#view.setUint32(this.#head, value, true);
    this.#view.setUint32(this.#head + 4, Math.floor(value / 0x100000000), true);
  }

  /** How far it is from here to a position. */
  #reference(position: number): void {
    this.#uint32(this.#position - position + 4);
  }

  /** The table that follows has so many slots; they are filled in order, what is left out being absent. */
  beginTable(slots: number): void {
    this.#slotCount = slots;
    this.#slots.fill(0, 0, slots);
    this.#tableEnd = this.#position;
  }

  /** A field of an integer of 1, 2, 4 or 8 bytes, also where it is the schema's default. */
  integer(slot: number, value: number, width: number): void {
    this.#prepare(width, 0);
    switch (width) {
      case 1:
        this.#bytes[--this.#head] = value;
        break;
      case 2:
        this.#head -= 2;
        this.#view.setUint16(this.#head, value, true);
        break;
      case 4:
        this.#uint32(value);
        break;
      default:
        this.#uint64(value);
    }
    this.#slots[slot] = this.#position;
  }

  /** A field that refers to what was written before. */
  reference(slot: number, position: number): void {
    this.#prepare(4, 0);
    this.#reference(position);
    this.#slots[slot] = this.#position;
  }

  /** Gives the table's position. */
  endTable(): number {
    this.#prepare(4, 0);
    this.#uint32(0);
    const table = this.#position;
    let slots = this.#slotCount;
    while (slots > 0 && this.#slots[slots - 1] === 0) slots--;
    this.#prepare(2, 2 * (slots + 1));
    for (let slot = slots - 1; slot >= 0; slot--) {
      const field = this.#slots[slot] as number;
      this.#uint16(field === 0 ? 0 : table - field);
    }
    this.#uint16(table - this.#tableEnd);
    this.#uint16(2 * (slots + 2));
    this.#view.setUint32(this.#end - table, this.#position - table, true);
    return table;
  }

  #uint16(value: number): void {
    this.#head -= 2;
    this.#view.setUint16(this.#head, value, true);
  }

  /** The whole, whose root is the table at this position. Nothing will be written over it. */
  finish(root: number): Uint8Array {
    this.#prepare(this.#widest, 4);
    // Behind the padding, which `prepare` has put for the reference to end at the widest alignment.
    this.#reference(root);
    const frame = new Uint8Array(this.#bytes.buffer, this.#head, this.#position);
    // A slab that a large frame needed is given up, lest small frames in what is left of it keep all of it alive.
    if (this.#bytes.length > SLAB) {
      this.#bytes = new Uint8Array(SLAB);
      this.#view = new DataView(this.#bytes.buffer);
      this.#head = SLAB;
    }
    return frame;
  }
}
