import { type Dict, issueSentences, type Value } from '@wamp-run/protocol';
import type { ParameterDescription } from './description.js';
import { hasType, wordFor } from './wire-type.js';

/**
 * Checks the arguments of one handler. Made once for each handler; `passes` runs for each invocation and event, and
 * allocates nothing. `explain` says what was wrong, all of it.
 */
export class ArgumentCheck {
  readonly #positional: readonly ParameterDescription[];
  readonly #keywords: readonly ParameterDescription[];
  readonly #names: ReadonlySet<string>;
  /** Takes what the positional ones leave; undefined: nothing may be left. */
  readonly #rest: ParameterDescription | undefined;
  /** How many positional arguments there must be. */
  readonly #least: number;
  readonly #most: number;
  readonly #takesAllKeywords: boolean;

  constructor(parameters: readonly ParameterDescription[]) {
    this.#positional = parameters.filter((parameter) => parameter.from === 'argument');
    this.#keywords = parameters.filter((parameter) => parameter.from === 'keyword');
    this.#names = new Set(this.#keywords.map((parameter) => parameter.name));
    this.#least = this.#positional.reduce((least, parameter, i) => (parameter.required ? i + 1 : least), 0);
    this.#rest = parameters.find((parameter) => parameter.from === 'rest');
    this.#most = this.#rest === undefined ? this.#positional.length : Number.POSITIVE_INFINITY;
    this.#takesAllKeywords = parameters.some((parameter) => parameter.from === 'keywords');
  }

  passes(args: readonly Value[], kwargs: Dict): boolean {
    if (args.length < this.#least || args.length > this.#most) return false;
    const typed = Math.min(args.length, this.#positional.length);
    for (let i = 0; i < typed; i++) {
      if (!fits(args[i] as Value, this.#positional[i] as ParameterDescription)) return false;
    }
    if (this.#rest?.type !== undefined) {
      for (let i = typed; i < args.length; i++) if (!fits(args[i] as Value, this.#rest)) return false;
    }
    for (const parameter of this.#keywords) {
      const value = keywordIn(kwargs, parameter.name);
      if (value === undefined ? parameter.required : !fits(value, parameter)) return false;
    }
    if (this.#takesAllKeywords) return true;
    for (const keyword in kwargs) if (!this.#names.has(keyword)) return false;
    return true;
  }

  /** One sentence of everything that is wrong, in Autobahn's form: `'a' expected type=number got=string`. */
  explain(args: readonly Value[], kwargs: Dict): string {
    const wrong: string[] = [];
    for (const [i, parameter] of this.#positional.entries()) {
      if (i >= args.length) {
        if (parameter.required) wrong.push(`missing argument '${parameter.name}'`);
      } else if (!fits(args[i] as Value, parameter)) {
        wrong.push(mismatch(parameter, args[i] as Value));
      }
    }
    if (this.#rest?.type !== undefined) wrong.push(...itemMismatches(this.#rest, args.slice(this.#positional.length)));
    if (args.length > this.#most) {
      wrong.push(`expected at most ${this.#most} argument${this.#most === 1 ? '' : 's'} got=${args.length}`);
    }
    for (const parameter of this.#keywords) {
      const value = keywordIn(kwargs, parameter.name);
      if (value === undefined) {
        if (parameter.required) wrong.push(`missing keyword argument '${parameter.name}'`);
      } else if (!fits(value, parameter)) {
        wrong.push(mismatch(parameter, value));
      }
    }
    if (!this.#takesAllKeywords) {
      for (const keyword of Object.keys(kwargs)) {
        if (!this.#names.has(keyword)) wrong.push(`unexpected keyword argument '${keyword}'`);
      }
    }
    return wrong.join(', ');
  }
}

/** One keyword argument: an own key, so that `toString` is missing like any other. */
export function keywordIn(kwargs: Dict, keyword: string): Value | undefined {
  return Object.hasOwn(kwargs, keyword) ? kwargs[keyword] : undefined;
}

function fits(value: Value, parameter: ParameterDescription): boolean {
  if (parameter.type === undefined || hasType(value, parameter.type)) return true;
  return value === null && parameter.nullable;
}

function mismatch(parameter: ParameterDescription, value: Value): string {
  return `'${parameter.name}' expected type=${parameter.type} got=${wordFor(value)}`;
}

/** Of a list of ten thousand wrong items not each is told. */
function itemMismatches(rest: ParameterDescription, items: readonly Value[]): string[] {
  const issues = items.flatMap((item, i) =>
    fits(item, rest) ? [] : [{ message: `expected type=${rest.type} got=${wordFor(item)}`, path: [i] }],
  );
  return issueSentences(rest.name, issues);
}
