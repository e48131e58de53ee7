import type { Dict, Value } from '@wamp-run/protocol';
import { type Field, readField, writeField } from './fields.js';
import { DICT, type Layout } from './layouts.js';
import { ANY_CLIENT, ANY_ROUTER } from './roles.js';
import type { Table, TableReader } from './table-reader.js';
import type { TableWriter } from './table-writer.js';

/** A header as it goes into a table: what fits, and whether that is all of it. */
export interface Placed {
  /** By slot. */
  readonly values: (Value | undefined)[];
  readonly fields: (Field | undefined)[];
  /** Whoever reads the table has the same header again. */
  readonly exact: boolean;
}

/** Places a header's items, and the keys of its options or details, in the slots of its table. */
export function placed(layout: Layout, header: readonly Value[]): Placed {
  const values: (Value | undefined)[] = new Array(layout.slots);
  const fields: (Field | undefined)[] = new Array(layout.slots);
  const place = (field: Field | undefined, value: Value): boolean => {
    if (field === undefined) return false;
    const fits = field.fits(value);
    if (fits || field.anyway === true) {
      values[field.slot] = value;
      fields[field.slot] = field;
    }
    return fits;
  };
  const { length } = layout.items;
  let exact = header.length === length + 1 || (layout.optional && header.length === length);
  for (let i = 0; i < length && i + 1 < header.length; i++) {
    const item = layout.items[i] as Field | typeof DICT;
    const value = header[i + 1] as Value;
    if (item !== DICT) exact = place(item, value) && exact;
    else exact = placeKeys(layout, value as Dict, place) && exact;
  }
  return { values, fields, exact };
}

/** Places the keys that the table knows; false where there are others, or they are in another order. */
function placeKeys(layout: Layout, dict: Dict, place: (field: Field | undefined, value: Value) => boolean): boolean {
  let last = -1;
  let exact = true;
  for (const key of Object.keys(dict)) {
    const field = layout.keys.get(key);
    exact = place(field, dict[key] as Value) && exact;
    if (field === undefined) continue;
    if (field.slot < last) exact = false;
    last = field.slot;
  }
  // Left out where they may be, details with nothing in them would be none.
  return exact && !(layout.optional && last === -1);
}

/** Writes what the placed fields refer to; gives the positions by slot. */
export function prepareFields(writer: TableWriter, { values, fields }: Placed): (number | undefined)[] {
  const positions: (number | undefined)[] = new Array(fields.length);
  for (let slot = 0; slot < fields.length; slot++) {
    positions[slot] = fields[slot]?.prepare?.(writer, values[slot] as Value);
  }
  return positions;
}

/** Fills the slots of the table that has been begun. */
export function writeFields(
  writer: TableWriter,
  { values, fields }: Placed,
  positions: readonly (number | undefined)[],
): void {
  for (let slot = 0; slot < fields.length; slot++) {
    const field = fields[slot];
    if (field !== undefined) writeField(writer, field, values[slot] as Value, positions[slot]);
    else if (positions[slot] !== undefined) writer.reference(slot, positions[slot] as number);
  }
}

/** The header that a table says, the message's code first. */
export function readHeader(reader: TableReader, code: number, layout: Layout, table: Table): Value[] {
  reader.reads(table, (slot) => layout.known[slot] === true);
  const header: Value[] = [code];
  for (const item of layout.items) {
    if (item === DICT) {
      const dict = readKeys(reader, layout, table);
      if (!layout.optional || Object.keys(dict).length > 0) header.push(dict);
    } else {
      // An integer that is 0 is left out by those who write the schema's defaults so.
      const absent = item.prepare === undefined && item.width > 1 ? 0 : null;
      header.push(readField(reader, item, table) ?? absent);
    }
  }
  return header;
}

function readKeys(reader: TableReader, layout: Layout, table: Table): Dict {
  const dict: Dict = {};
  for (const [key, field] of layout.keys) {
    const value = readField(reader, field, table);
    if (value !== undefined) dict[key] = value;
  }
  return dict;
}

/**
 * Autobahn|Python leaves out the roles of HELLO and WELCOME, which must be there: every one is taken, without features.
 */
export function withRoles(header: Value[], hello: boolean): Value[] {
  const details = header[2] as Dict;
  if (details.roles === undefined) {
    details.roles = Object.fromEntries((hello ? ANY_CLIENT : ANY_ROUTER).map((role) => [role, {}]));
  }
  return header;
}
