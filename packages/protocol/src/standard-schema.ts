/**
 * What zod, valibot, arktype and others have in common: the Standard Schema interface, version 1
 * (https://standardschema.dev). Any object that has it can say what an argument, a result or an event holds.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    /** Whose schema it is. */
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    /** Never there at run time: what the compiler reads. */
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** A value as the schema gives it back, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value. */
export interface SchemaIssue {
  readonly message: string;
  /** Where: keys and indexes, from the value inwards. */
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** What a value is before a schema has seen it: as callers send it. */
export type SchemaInput<S> = S extends StandardSchema<infer Input, unknown> ? Input : never;

/** What a value is after a schema has seen it: as handlers get it. */
export type SchemaOutput<S> = S extends StandardSchema<unknown, infer Output> ? Output : never;

/** Whether something is a schema. Libraries make them of objects and of functions. */
export function isSchema(value: unknown): value is StandardSchema {
  if ((typeof value !== 'object' || value === null) && typeof value !== 'function') return false;
  const standard: unknown = (value as Partial<StandardSchema>)['~standard'];
  if (typeof standard !== 'object' || standard === null) return false;
  const { version, validate } = standard as Partial<StandardSchema['~standard']>;
  return version === 1 && typeof validate === 'function';
}

/** More than these are not listed one by one: a list of ten thousand wrong items is one mistake. */
const MOST_LISTED = 20;

/**
 * What is wrong with a value, in sentences: `'order.lines[2].quantity' must be an integer`, `'order.note': Invalid text`.
 * Messages that begin in lower case go on from the name.
 */
export function issueSentences(name: string, issues: readonly SchemaIssue[]): string[] {
  const listed = issues.slice(0, MOST_LISTED).map(({ message, path }) => {
    return `'${name}${pathText(path ?? [])}'${/^\p{Ll}/u.test(message) ? '' : ':'} ${message}`;
  });
  const more = issues.length - listed.length;
  return more > 0 ? [...listed, `'${name}': and ${more} more`] : listed;
}

function pathText(path: NonNullable<SchemaIssue['path']>): string {
  return path
    .map((part) => {
      const key = typeof part === 'object' ? part.key : part;
      if (typeof key === 'number' || (typeof key === 'string' && /^\d+$/.test(key))) return `[${key}]`;
      const text = String(key);
      return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(text) ? `.${text}` : `[${JSON.stringify(text)}]`;
    })
    .join('');
}
