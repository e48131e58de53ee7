// The markers of UBJSON (Draft 12), which are letters.
export const NULL = 0x5a;
export const NO_OP = 0x4e;
export const TRUE = 0x54;
export const FALSE = 0x46;
export const INT8 = 0x69;
export const UINT8 = 0x55;
export const INT16 = 0x49;
export const INT32 = 0x6c;
export const INT64 = 0x4c;
export const FLOAT32 = 0x64;
export const FLOAT64 = 0x44;
export const HIGH_PRECISION = 0x48;
export const CHAR = 0x43;
export const TEXT = 0x53;
export const LIST_BEGIN = 0x5b;
export const LIST_END = 0x5d;
export const DICT_BEGIN = 0x7b;
export const DICT_END = 0x7d;
/** Behind the beginning of a list or dict: the one type of all its values. */
export const TYPE = 0x24;
/** Behind the beginning, or the type: how many values there are. Then no mark ends them. */
export const COUNT = 0x23;

// What BJData (Draft 3) adds.
export const UINT16 = 0x75;
export const UINT32 = 0x6d;
export const UINT64 = 0x4d;
export const FLOAT16 = 0x68;
export const BYTE = 0x42;

/** What a marker can begin. */
export const Kind = {
  NOTHING: 0,
  NULL: 1,
  BOOLEAN: 2,
  INTEGER: 3,
  FLOAT: 4,
  HIGH_PRECISION: 5,
  CHAR: 6,
  TEXT: 7,
  LIST: 8,
  DICT: 9,
} as const;

/** UBJSON as one family of peers speaks it. */
export interface Dialect {
  /** Numbers have their lowest byte first. */
  readonly littleEndian: boolean;
  /** There are unsigned integers of more than 8 bits. */
  readonly unsigned: boolean;
  /** The type of a list that means bytes. */
  readonly bytesType: number;
  /** The kind by marker. */
  readonly kinds: Uint8Array;
  /** Bytes behind the marker, for numbers. */
  readonly widths: Uint8Array;
}

const WIDTHS: readonly (readonly [marker: number, kind: number, width: number])[] = [
  [INT8, Kind.INTEGER, 1],
  [UINT8, Kind.INTEGER, 1],
  [INT16, Kind.INTEGER, 2],
  [INT32, Kind.INTEGER, 4],
  [INT64, Kind.INTEGER, 8],
  [FLOAT32, Kind.FLOAT, 4],
  [FLOAT64, Kind.FLOAT, 8],
];
const BJDATA_WIDTHS: typeof WIDTHS = [
  [BYTE, Kind.INTEGER, 1],
  [UINT16, Kind.INTEGER, 2],
  [UINT32, Kind.INTEGER, 4],
  [UINT64, Kind.INTEGER, 8],
  [FLOAT16, Kind.FLOAT, 2],
];

function tables(numbers: typeof WIDTHS): Pick<Dialect, 'kinds' | 'widths'> {
  const kinds = new Uint8Array(256);
  const widths = new Uint8Array(256);
  for (const [marker, kind, width] of numbers) {
    kinds[marker] = kind;
    widths[marker] = width;
  }
  kinds[NULL] = Kind.NULL;
  kinds[TRUE] = Kind.BOOLEAN;
  kinds[FALSE] = Kind.BOOLEAN;
  kinds[HIGH_PRECISION] = Kind.HIGH_PRECISION;
  kinds[CHAR] = Kind.CHAR;
  kinds[TEXT] = Kind.TEXT;
  kinds[LIST_BEGIN] = Kind.LIST;
  kinds[DICT_BEGIN] = Kind.DICT;
  return { kinds, widths };
}

/** UBJSON Draft 12, as py-ubjson has it: Autobahn|Python until 25.12. */
export const DRAFT12: Dialect = {
  littleEndian: false,
  unsigned: false,
  bytesType: UINT8,
  ...tables(WIDTHS),
};

/** BJData Draft 3, as the bjdata package has it: Autobahn|Python from 26.6 on. */
export const BJDATA: Dialect = {
  littleEndian: true,
  unsigned: true,
  bytesType: BYTE,
  ...tables([...WIDTHS, ...BJDATA_WIDTHS]),
};
