import { isSchema, type SchemaInput, type SchemaOutput, type StandardSchema, typeName } from '@wamp-run/protocol';
import { classComplaint, classSchema } from './class-schema.js';
import type { ParameterDescription } from './description.js';
import { hasFields } from './field.js';
import type { AnyClass } from './records.js';
import type { WireType } from './wire-type.js';

/** What each word stands for. `integer`: integers beyond 2^53 arrive as bigint. */
interface WordTypes {
  number: number;
  integer: number | bigint;
  string: string;
  boolean: boolean;
  list: unknown[];
  binary: Uint8Array;
  anything: unknown;
}

type Word = keyof WordTypes;

/**
 * What one argument is, where no compiler says it: a word (with `?`: it may be missing), any Standard Schema, or a class
 * with `@field`s.
 */
export type ArgumentType = Word | `${Word}?` | StandardSchema | AnyClass;

/** What each item of a rest parameter is: one that is not there is none, so that no word takes a `?`. */
export type ItemType = Exclude<ArgumentType, `${Word}?`>;

/** What a handler gets of an argument. */
export type Received<T> = T extends Word
  ? WordTypes[T]
  : T extends `${infer W extends Word}?`
    ? WordTypes[W] | undefined
    : T extends StandardSchema
      ? SchemaOutput<T>
      : T extends abstract new (
            ...args: never[]
          ) => infer I
        ? I
        : never;

/** What a caller gives for an argument. */
export type Given<T> = T extends StandardSchema ? SchemaInput<T> : Received<T>;

const WORDS: Readonly<Record<Word, WireType | undefined>> = {
  number: 'number',
  integer: 'integer',
  string: 'string',
  boolean: 'boolean',
  list: 'list',
  binary: 'binary',
  anything: undefined,
};

/** The parameter that an argument's type describes. What is no type goes to `complain`. */
export function typedParameter(
  { name, from, type }: { name: string; from: 'argument' | 'keyword' | 'rest'; type: unknown },
  complain: (sentence: string) => void,
): ParameterDescription {
  if (from === 'rest') return itemParameter({ name, type }, complain);
  if (isSchema(type)) return { name, from, schema: type, required: false, nullable: true };
  if (hasFields(type)) {
    const complaint = classComplaint(type);
    if (complaint !== undefined) complain(`'${name}': ${complaint}`);
    return { name, from, schema: classSchema(type), required: true, nullable: false };
  }
  const optional = typeof type === 'string' && type.endsWith('?');
  const word = optional ? type.slice(0, -1) : type;
  if (typeof word !== 'string' || !Object.hasOwn(WORDS, word)) {
    const given =
      typeof type === 'string' ? JSON.stringify(type) : typeof type === 'function' ? type.name : typeName(type);
    complain(
      `'${name}': ${given} is no type; give one of ${Object.keys(WORDS).join(', ')}, a Standard Schema or a class with @field`,
    );
    return { name, from, required: false, nullable: true };
  }
  const wire = WORDS[word as Word];
  return { name, from, ...(wire === undefined ? {} : { type: wire }), required: !optional, nullable: false };
}

/** What comes for a rest parameter may be nothing at all; what does come is never missing. */
function itemParameter(
  { name, type }: { name: string; type: unknown },
  complain: (sentence: string) => void,
): ParameterDescription {
  if (typeof type === 'string' && type.endsWith('?')) {
    complain(`'${name}': ${JSON.stringify(type)} is for arguments that may be missing; write '${type.slice(0, -1)}'`);
  }
  return { ...typedParameter({ name, from: 'argument', type }, complain), from: 'rest', required: false };
}
