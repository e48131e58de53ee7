import type { AnyFunction } from './records.js';
import { type Unit, unitAt, unitsUntil } from './source-scan.js';

/** What a function's own source says of one parameter. */
export interface DeclaredParameter {
  /** Undefined for one that is taken apart (`{ a, b }`). */
  readonly name: string | undefined;
  readonly hasDefault: boolean;
  readonly rest: boolean;
}

/**
 * The parameters of a function, read from its source: decorator metadata knows neither names nor defaults nor rest.
 * Undefined where that cannot be done with certainty: native and bound functions, classes, and whatever does not agree
 * with `Function.length`.
 */
export function declaredParameters(declared: AnyFunction): DeclaredParameter[] | undefined {
  const source = Function.prototype.toString.call(declared);
  if (/\{\s*\[native code\]\s*\}$/.test(source)) return undefined;
  const parameters = read(source);
  if (parameters === undefined) return undefined;
  const plain = parameters.findIndex((parameter) => parameter.hasDefault || parameter.rest);
  return declared.length === (plain === -1 ? parameters.length : plain) ? parameters : undefined;
}

/** Finds the list of parameters: the first round bracket of a method or a function, or the one word of `x => …`. */
function read(source: string): DeclaredParameter[] | undefined {
  let before: Unit | undefined;
  for (let at = 0; ; ) {
    if (source[at] === '(') {
      const list = unitsUntil(source, at + 1, ')');
      return list && split(list.units).map(parameter);
    }
    const unit = unitAt(source, at, before);
    if (unit === undefined || unit.text.startsWith('{')) return undefined;
    if (unit.text === '=>') {
      return before?.kind === 'word' ? [{ name: before.text, hasDefault: false, rest: false }] : undefined;
    }
    if (unit.kind !== 'space') before = unit;
    at = unit.end;
  }
}

/** The units of each parameter. A comma behind the last one begins none. */
function split(units: readonly Unit[]): Unit[][] {
  const parts: Unit[][] = [];
  let part: Unit[] = [];
  for (const unit of units) {
    if (unit.text === ',') {
      parts.push(part);
      part = [];
    } else {
      part.push(unit);
    }
  }
  return part.length === 0 ? parts : [...parts, part];
}

function parameter(units: readonly Unit[]): DeclaredParameter {
  const rest = units[0]?.text === '...';
  const target = units[rest ? 1 : 0];
  // What is bound is one unit, a word or a bracket; only a default can follow it.
  const hasDefault = !rest && units.length > 1;
  return { name: target?.kind === 'word' ? target.text : undefined, hasDefault, rest };
}
