import type { Cursor } from '../cursor.js';
import { int32, uint16, uint32, uint64 } from '../little-endian.js';
import { readUtf8, utf8Fault } from '../utf8.js';

/** Builders write what is the same only once, most of all the layouts of tables: more may be read than there is. */
const SHARING = 4;

/** A table whose place and fields have been checked. */
export interface Table {
  readonly at: number;
  /** Where its fields are said to lie. */
  readonly fields: number;
  readonly slots: number;
  readonly size: number;
}

/**
 * Reads a FlatBuffer from a peer, which nobody has verified: each position is checked before it is followed.
 * What is read counts against the size of the frame, so that a thousand references to one long string are refused.
 */
export class TableReader {
  readonly #cursor: Cursor;
  readonly #bytes: Uint8Array;
  /** The end of what has been read that lies farthest behind. */
  #end = 4;
  #budget: number;
  /** There are fields that were not read: they may lie behind everything else. */
  #unread = false;

  /** The cursor is for the frame and for what is said of faults; it is not moved. */
  constructor(cursor: Cursor) {
    this.#cursor = cursor;
    this.#bytes = cursor.bytes;
    this.#budget = SHARING * cursor.bytes.length;
  }

  /** Takes so many bytes at a place for read. */
  #claim(at: number, length: number, what: string): void {
    const end = at + length;
    if (end > this.#bytes.length) throw this.#cursor.fault(`ends inside ${what}`, this.#bytes.length);
    if (end > this.#end) this.#end = end;
    this.#budget -= length;
    if (this.#budget < 0) throw this.#cursor.fault('more references than there are things', at);
  }

  root(): Table {
    if (this.#bytes.length === 0) throw this.#cursor.fault('an empty frame', 0);
    if (this.#bytes.length < 8 || this.#bytes.length % 4 !== 0) {
      throw this.#cursor.fault('no FlatBuffer: its length is no multiple of 4', this.#bytes.length);
    }
    return this.table(0);
  }

  /** The table that is referred to at a place. */
  table(reference: number): Table {
    const at = reference + uint32(this.#bytes, reference);
    this.#claim(at, 4, 'a table');
    const fields = at - int32(this.#bytes, at);
    if (fields < 0) throw this.#cursor.fault('a table without its fields', at);
    this.#claim(fields, 4, "a table's fields");
    const length = uint16(this.#bytes, fields);
    const size = uint16(this.#bytes, fields + 2);
    if (length < 4 || length % 2 !== 0) throw this.#cursor.fault("a length that no table's fields have", fields);
    if (size < 4) throw this.#cursor.fault('a size that no table has', fields + 2);
    this.#claim(fields + 4, length - 4, "a table's fields");
    this.#claim(at + 4, size - 4, 'a table');
    return { at, fields, slots: (length - 4) / 2, size };
  }

  /** Where a field of so many bytes lies, or 0 where it is absent. */
  field({ at, fields, slots, size }: Table, slot: number, width: number): number {
    if (slot >= slots) return 0;
    const offset = uint16(this.#bytes, fields + 4 + 2 * slot);
    if (offset === 0) return 0;
    if (offset < 4 || offset + width > size)
      throw this.#cursor.fault('a field outside of its table', fields + 4 + 2 * slot);
    return at + offset;
  }

  /** Says which slots of a table are read. Where others are filled, too, nobody knows where the frame should end. */
  reads({ fields, slots }: Table, known: readonly boolean[]): void {
    for (let slot = 0; slot < slots; slot++) {
      if (uint16(this.#bytes, fields + 4 + 2 * slot) !== 0 && known[slot] !== true) this.#unread = true;
    }
  }

  /** After all has been read: nothing may follow. */
  close(): void {
    if (!this.#unread && this.#bytes.length - this.#end >= 4) {
      throw this.#cursor.fault('more bytes than the message takes', this.#end);
    }
  }

  /** An unsigned integer of 1, 2, 4 or 8 bytes; a bigint only beyond 2^53. */
  integer(at: number, width: number): number | bigint {
    switch (width) {
      case 1:
        return this.#bytes[at] as number;
      case 2:
        return uint16(this.#bytes, at);
      case 4:
        return uint32(this.#bytes, at);
      default:
        return uint64(this.#bytes, at);
    }
  }

  /** Where the items of a list begin that is referred to at a place, each of so many bytes. */
  #list(reference: number, width: number, what: string): { start: number; length: number } {
    const at = reference + uint32(this.#bytes, reference);
    this.#claim(at, 4, what);
    const length = uint32(this.#bytes, at);
    this.#claim(at + 4, length * width, what);
    return { start: at + 4, length };
  }

  text(reference: number): string {
    const { start, length } = this.#list(reference, 1, 'a string');
    const end = start + length;
    this.#claim(end, 1, 'a string');
    if (this.#bytes[end] !== 0) throw this.#cursor.fault('a string without a 0 behind it', end);
    const fault = utf8Fault(this.#bytes, start, end);
    if (fault !== -1) throw this.#cursor.fault('a string that is no valid UTF-8', fault);
    return readUtf8(this.#bytes, start, end);
  }

  /** A view of the bytes. */
  bytes(reference: number): Uint8Array {
    const { start, length } = this.#list(reference, 1, 'bytes');
    return new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + start, length);
  }

  ids(reference: number): (number | bigint)[] {
    const { start, length } = this.#list(reference, 8, 'a list of ids');
    const ids: (number | bigint)[] = [];
    for (let i = 0; i < length; i++) ids.push(uint64(this.#bytes, start + 8 * i));
    return ids;
  }

  /** What is read of each reference in a list. */
  references<T>(reference: number, read: (reference: number) => T): T[] {
    const { start, length } = this.#list(reference, 4, 'a list of references');
    const items: T[] = [];
    for (let i = 0; i < length; i++) items.push(read(start + 4 * i));
    return items;
  }
}
