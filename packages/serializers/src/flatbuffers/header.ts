import type { Dict, Value } from '@wamp-run/protocol';
import { type Field, readField, writeField } from './fields.js';
import { DICT, type Layout, type Member } from './layouts.js';
import { ANY_CLIENT, ANY_ROUTER } from './roles.js';
import type { Table, TableReader } from './table-reader.js';
import type { TableWriter } from './table-writer.js';

/** The fields of a table that are to be written, in the order of their slots. */
export class Placed {
  /** Whoever reads the table has the same header again. */
  exact = true;
  readonly #fields: Field[] = [];
  readonly #values: Value[] = [];
  /** Of what the field refers to, once that is written. */
  readonly #positions: (number | undefined)[] = [];

  /** A field and its value, where the schema can say it. */
  place(field: Field, value: Value): void {
    const fits = field.fits(value);
    if (!fits) this.exact = false;
    if (fits || field.anyway === true) this.#insert(field, value, undefined);
  }

  /** A field that refers to what is written already. */
  refer(field: Field, position: number): void {
    this.#insert(field, null, position);
  }

  #insert(field: Field, value: Value, position: number | undefined): void {
    const fields = this.#fields;
    let at = fields.length;
    for (; at > 0 && (fields[at - 1] as Field).slot > field.slot; at--) {
      fields[at] = fields[at - 1] as Field;
      this.#values[at] = this.#values[at - 1] as Value;
      this.#positions[at] = this.#positions[at - 1];
    }
    fields[at] = field;
    this.#values[at] = value;
    this.#positions[at] = position;
  }

  /** Writes the table, and before it what its fields refer to. Gives its position. */
  write(writer: TableWriter, slots: number): number {
    const { length } = this.#fields;
    for (let i = 0; i < length; i++) {
      this.#positions[i] ??= (this.#fields[i] as Field).prepare?.(writer, this.#values[i] as Value);
    }
    writer.beginTable(slots);
    for (let i = 0; i < length; i++) {
      writeField(writer, this.#fields[i] as Field, this.#values[i] as Value, this.#positions[i]);
    }
    return writer.endTable();
  }
}

/** Places a header's items, and the keys of its options or details, in the slots of its table. */
export function placed(layout: Layout, header: readonly Value[]): Placed {
  const { items, optional } = layout;
  const table = new Placed();
  for (let i = 0; i < items.length && i + 1 < header.length; i++) {
    const item = items[i] as Field | typeof DICT;
    if (item === DICT) placeKeys(table, layout, header[i + 1] as Dict);
    else table.place(item, header[i + 1] as Value);
  }
  const wanted = items.length + 1;
  if (header.length !== wanted && !(optional && header.length === wanted - 1)) table.exact = false;
  return table;
}

/** Places the keys that the table knows. Others, or another order, are not what a reader of the table would see. */
function placeKeys(table: Placed, { keys, optional }: Layout, dict: Dict): void {
  let last = -1;
  for (const key of Object.keys(dict)) {
    const field = keys.get(key);
    if (field === undefined || field.slot < last) table.exact = false;
    if (field === undefined) continue;
    table.place(field, dict[key] as Value);
    last = field.slot;
  }
  // Where details may be left out, those with nothing in them would be none.
  if (optional && last === -1) table.exact = false;
}

/** The header that a table says, the message's code first. */
export function readHeader(reader: TableReader, code: number, layout: Layout, table: Table): Value[] {
  reader.reads(table, layout.known);
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
  const { members } = layout;
  for (let i = 0; i < members.length; i++) {
    const { key, field } = members[i] as Member;
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
