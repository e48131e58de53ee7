import type { Format } from '../format.js';
import { FIXDICT, FIXLIST, KINDS, Kind, readLength } from './head.js';
import { readItem } from './item.js';
import { readTail } from './values.js';
import { walkValue } from './walk.js';
import { refuseBeyond64Bits, writeListHead, writeValue } from './write.js';

const TYPE_NAMES: Readonly<Record<number, string>> = {
  [Kind.NIL]: 'null',
  [Kind.BOOLEAN]: 'boolean',
  [Kind.INTEGER]: 'integer',
  [Kind.FLOAT]: 'float',
  [Kind.BYTES]: 'binary',
  [Kind.EXT]: 'an extension',
  [Kind.TEXT]: 'string',
  [Kind.LIST]: 'list',
  [Kind.DICT]: 'dict',
};

/** MessagePack. */
export const MSGPACK: Format = {
  name: 'msgpack',
  binary: true,
  portable: { wide: refuseBeyond64Bits },

  openMessage(cursor) {
    const head = cursor.bytes[0];
    if (head === undefined) throw cursor.fault('an empty frame');
    if (KINDS[head] !== Kind.LIST) throw cursor.fault('a message that is no list');
    cursor.left = readLength(cursor);
  },
  openTail(cursor, elements) {
    cursor.left = elements;
  },
  next(cursor) {
    if (cursor.left === 0) return false;
    cursor.left--;
    return true;
  },
  close(cursor) {
    if (cursor.at < cursor.bytes.length) throw cursor.fault('more bytes than the message takes');
  },
  walk(cursor) {
    walkValue(cursor, 0);
  },
  readItem,
  typeAt(cursor) {
    return TYPE_NAMES[KINDS[cursor.bytes[cursor.at] ?? 0xc1] as number] ?? 'nothing';
  },
  isBytesAt(cursor) {
    return this.typeAt(cursor) === 'binary';
  },
  isEmptyAt(bytes, at) {
    return bytes[at] === FIXLIST || bytes[at] === FIXDICT;
  },
  emptyArgs: Uint8Array.of(FIXLIST),
  readTail,

  beginMessage(writer, items) {
    writeListHead(writer, items);
  },
  writeItem(writer, item) {
    writeValue(writer, item);
  },
  writeRaw(writer, raw) {
    writer.copy(raw);
  },
  endMessage() {
    // The head has said how many items there are.
  },
};
