import {
  type Dict,
  issueSentences,
  type SchemaResult,
  type StandardSchema,
  setKey,
  TypeCheckError,
  type Value,
} from '@wamp-run/protocol';
import { ArgumentCheck, keywordIn } from './argument-check.js';
import type { ParameterDescription } from './description.js';

/** The arguments of one invocation or event. */
export interface Arguments {
  readonly args: Value[];
  readonly kwargs: Dict;
}

/** A parameter that a schema checks, and where its value stands. */
interface Checked {
  readonly name: string;
  readonly schema: StandardSchema;
  /** The index in the positional arguments; undefined for a keyword. */
  readonly index: number | undefined;
}

/**
 * Checks the arguments of a handler that has schemas: with the schemas where there are any, by type where there are none.
 * Made once for each handler.
 */
export class SchemaCheck {
  readonly #types: ArgumentCheck | undefined;
  readonly #checked: readonly Checked[];
  /** Checks each of the positional arguments from its index on; undefined: what is left has no schema. */
  readonly #rest: (Checked & { readonly index: number }) | undefined;

  /** @param types whether arguments without a schema are checked by type, and their number */
  constructor(parameters: readonly ParameterDescription[], types: boolean) {
    this.#types = types ? new ArgumentCheck(parameters) : undefined;
    let index = 0;
    this.#checked = parameters.flatMap(({ name, from, schema }) => {
      const at = from === 'argument' ? index++ : undefined;
      return schema === undefined || from === 'rest' ? [] : [{ name, schema, index: at }];
    });
    const rest = parameters.find(({ from }) => from === 'rest');
    this.#rest = rest?.schema === undefined ? undefined : { name: rest.name, schema: rest.schema, index };
  }

  /**
   * The arguments as the schemas give them back, in a promise where a schema needs one.
   *
   * @throws TypeCheckError that names everything that is wrong
   */
  run(args: Value[], kwargs: Dict): Arguments | Promise<Arguments> {
    const results = this.#checked.map(({ schema, index, name }) =>
      schema['~standard'].validate(index === undefined ? keywordIn(kwargs, name) : args[index]),
    );
    if (this.#rest !== undefined) {
      const { schema, index } = this.#rest;
      for (let i = index; i < args.length; i++) results.push(schema['~standard'].validate(args[i]));
    }
    if (results.some((result) => result instanceof Promise)) {
      return Promise.all(results).then((settled) => this.#conclude(settled, args, kwargs));
    }
    return this.#conclude(results as SchemaResult<unknown>[], args, kwargs);
  }

  #conclude(results: readonly SchemaResult<unknown>[], args: Value[], kwargs: Dict): Arguments {
    const wrong: string[] = [];
    if (this.#types?.passes(args, kwargs) === false) wrong.push(this.#types.explain(args, kwargs));
    for (const [i, { name, index }] of this.#checked.entries()) {
      const { issues } = results[i] as SchemaResult<unknown>;
      if (issues === undefined) continue;
      const missing = index === undefined ? keywordIn(kwargs, name) === undefined : index >= args.length;
      if (!missing) wrong.push(...issueSentences(name, issues));
      else wrong.push(`missing ${index === undefined ? 'keyword argument' : 'argument'} '${name}'`);
    }
    if (this.#rest !== undefined) wrong.push(...itemSentences(this.#rest.name, results.slice(this.#checked.length)));
    if (wrong.length > 0) throw new TypeCheckError(wrong.join(', '));
    return this.#replaced(results, args, kwargs);
  }

  /** Schemas may convert what they check: `"3"` to 3, a string to a Date. */
  #replaced(results: readonly SchemaResult<unknown>[], args: Value[], kwargs: Dict): Arguments {
    for (const [i, { name, index }] of this.#checked.entries()) {
      const { value } = results[i] as { value: unknown };
      if (index !== undefined) {
        if (index < args.length || value !== undefined) args[index] = value as Value;
      } else if (value !== undefined) {
        setKey(kwargs, name, value as Value);
      }
    }
    if (this.#rest !== undefined) {
      const items = results.slice(this.#checked.length);
      for (const [i, item] of items.entries()) args[this.#rest.index + i] = (item as { value: unknown }).value as Value;
    }
    return { args, kwargs };
  }
}

/** What is wrong with the items of a rest parameter, each by its place. */
function itemSentences(name: string, results: readonly SchemaResult<unknown>[]): string[] {
  const issues = results.flatMap(({ issues = [] }, i) =>
    issues.map(({ message, path = [] }) => ({ message, path: [i, ...path] })),
  );
  return issueSentences(name, issues);
}
