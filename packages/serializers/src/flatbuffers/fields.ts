import { isDict, type Value } from '@wamp-run/protocol';
import type { Table, TableReader } from './table-reader.js';
import type { TableWriter } from './table-writer.js';

/** How a value lies in a table's slot. */
export interface Field {
  readonly slot: number;
  /** Bytes that it takes in the table; 4 for what is referred to. */
  readonly width: number;
  /** Whether the schema can say this value, so that `read` gives the same again. */
  fits(value: Value): boolean;
  /** It is written where it does not fit, too, for readers that know the schema and no more. */
  readonly anyway?: boolean;
  /** Writes what is referred to from the table, before the table; undefined for what lies in the table itself. */
  readonly prepare?: (writer: TableWriter, value: Value) => number;
  /** The integer that lies in the table; undefined for what is referred to. */
  readonly number?: (value: Value) => number;
  /** Undefined where the schema's number says nothing that is known. */
  read(reader: TableReader, at: number): Value | undefined;
}

function isWhole(value: Value, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most;
}

function integer(slot: number, width: number, most: number): Field {
  return {
    slot,
    width,
    fits: (value) => isWhole(value, most),
    number: (value) => value as number,
    read: (reader, at) => reader.integer(at, width),
  };
}

/** An id. The schema's integers of 64 bits hold more, WAMP's ids do not. */
export const id = (slot: number): Field => integer(slot, 8, 2 ** 53);
export const uint32 = (slot: number): Field => integer(slot, 4, 0xffffffff);
export const uint16 = (slot: number): Field => integer(slot, 2, 0xffff);

export const flag = (slot: number): Field => ({
  slot,
  width: 1,
  fits: (value) => typeof value === 'boolean',
  number: (value) => (value === true ? 1 : 0),
  read: (reader, at) => reader.integer(at, 1) !== 0,
});

export const text = (slot: number): Field => ({
  slot,
  width: 4,
  fits: (value) => typeof value === 'string',
  prepare: (writer, value) => writer.text(value as string),
  read: (reader, at) => reader.text(at),
});

/** Bytes, which are written apart. */
export const bytes = (slot: number): Field => ({
  slot,
  width: 4,
  fits: (value) => value instanceof Uint8Array,
  prepare: (writer, value) => writer.bytes(value as Uint8Array),
  read: (reader, at) => reader.bytes(at),
});

/** One of these words, by its number; an empty word is a number that says nothing. */
export const choice = (slot: number, words: readonly string[]): Field => ({
  slot,
  width: 1,
  fits: (value) => typeof value === 'string' && value !== '' && words.includes(value),
  number: (value) => words.indexOf(value as string),
  read: (reader, at) => {
    const word = words[reader.integer(at, 1) as number];
    return word === '' ? undefined : word;
  },
});

export const ids = (slot: number): Field => ({
  slot,
  width: 4,
  fits: (value) => Array.isArray(value) && value.every((each) => isWhole(each, 2 ** 53)),
  prepare: (writer, value) => writer.ids(value as number[]),
  read: (reader, at) => reader.ids(at),
});

export const texts = (slot: number): Field => ({
  slot,
  width: 4,
  fits: (value) => Array.isArray(value) && value.every((each) => typeof each === 'string'),
  prepare: (writer, value) => writer.references((value as string[]).map((each) => writer.text(each))),
  read: (reader, at) => reader.references(at, (reference) => reader.text(reference)),
});

const PRINCIPAL: readonly (readonly [key: string, field: Field])[] = [
  ['session', id(0)],
  ['authid', text(1)],
  ['authrole', text(2)],
];

const ALL_OF_PRINCIPAL: readonly boolean[] = PRINCIPAL.map(() => true);

/** The sessions that a message came through: `forward_for`. */
export const route = (slot: number): Field => ({
  slot,
  width: 4,
  fits: (value) => Array.isArray(value) && value.every(isPrincipal),
  prepare: (writer, value) =>
    writer.references(
      (value as { [key: string]: Value }[]).map((principal) => writeMembers(writer, PRINCIPAL, principal, 3)),
    ),
  read: (reader, at) =>
    reader.references(at, (reference) => {
      const table = reader.table(reference);
      reader.reads(table, ALL_OF_PRINCIPAL);
      return readMembers(reader, PRINCIPAL, table);
    }),
});

function isPrincipal(value: Value): boolean {
  if (!isDict(value)) return false;
  const keys = Object.keys(value);
  return (
    keys.length === PRINCIPAL.length &&
    PRINCIPAL.every(([key, field], i) => keys[i] === key && field.fits(value[key] as Value))
  );
}

/** Writes a table of members that fit, and gives its position. */
export function writeMembers(
  writer: TableWriter,
  members: readonly (readonly [key: string, field: Field])[],
  values: { readonly [key: string]: Value },
  slots: number,
): number {
  const present = members.filter(([key]) => Object.hasOwn(values, key));
  const positions = present.map(([key, { prepare }]) => prepare?.(writer, values[key] as Value));
  writer.beginTable(slots);
  present.forEach(([key, field], i) => {
    writeField(writer, field, values[key] as Value, positions[i]);
  });
  return writer.endTable();
}

/** Fills a field's slot in the table that has been begun, with the position that `prepare` gave. */
export function writeField(writer: TableWriter, field: Field, value: Value, position: number | undefined): void {
  if (position !== undefined) writer.reference(field.slot, position);
  else if (field.number !== undefined) writer.integer(field.slot, field.number(value), field.width);
}

/** The members that a table has. */
export function readMembers(
  reader: TableReader,
  members: readonly (readonly [key: string, field: Field])[],
  table: Table,
): { [key: string]: Value } {
  const values: { [key: string]: Value } = {};
  for (const [key, field] of members) {
    const value = readField(reader, field, table);
    if (value !== undefined) values[key] = value;
  }
  return values;
}

/** The value of a field; undefined where it is absent. */
export function readField(reader: TableReader, field: Field, table: Table): Value | undefined {
  const at = reader.field(table, field.slot, field.width);
  return at === 0 ? undefined : field.read(reader, at);
}
