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

  /** @param types whether arguments without a schema are checked by type, and their number */
  constructor(parameters: readonly ParameterDescription[], types: boolean) {
    this.#types = types ? new ArgumentCheck(parameters) : undefined;
    let index = 0;
    this.#checked = parameters.flatMap(({ name, from, schema }) => {
      const at = from === 'argument' ? index++ : undefined;
      return schema === undefined ? [] : [{ name, schema, index: at }];
    });
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
    return { args, kwargs };
  }
}
