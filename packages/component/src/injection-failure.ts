import { InvalidConfiguration, WampError } from '@wamp-run/protocol';
import { isTokenDescriptor, METADATA_REMEDY, typeRemedy } from './constructor-parameters.js';
import { tokenName } from './provider.js';
import { type AnyClass, parameterTypes } from './records.js';

/** One thing that could not be injected. */
export interface InjectionStep {
  /** The parameter's type, or what `@inject` put in its place; what a factory asked for. */
  readonly parameter: unknown;
  /** The constructor whose parameter it is. Absent for what a factory asked for. */
  readonly of?: { readonly target: AnyClass; readonly index: number };
}

/** What went wrong while an instance was made, in the order in which it came up: the innermost first. */
export class InjectionTrail {
  /** The first error: tsyringe tells of it by its text alone. */
  #origin: { readonly error: unknown } | undefined;
  readonly #steps: InjectionStep[] = [];
  /** The classes whose instances are being made, the outermost first. */
  readonly #open: AnyClass[] = [];
  #ended = false;

  /** Runs one step, and keeps its error if it is the first. */
  noting<T>(run: () => T): T {
    try {
      return run();
    } catch (error) {
      this.#origin ??= { error };
      throw error;
    }
  }

  /** Makes an instance. Throws where one of the same class is being made already: that would never end. */
  inside<T>(target: AnyClass, run: () => T): T {
    if (this.#open.includes(target)) {
      const circle = [...this.#open.slice(this.#open.indexOf(target)), target].map(({ name }) => name).join(' needs ');
      throw new InvalidConfiguration(`${circle}; break the circle with @inject(delay(() => …)) of tsyringe`);
    }
    this.#open.push(target);
    try {
      return run();
    } finally {
      this.#open.pop();
    }
  }

  passed(step: InjectionStep): void {
    if (!this.#ended) this.#steps.push(step);
  }

  /** What is resolved later, by factories and `delay`, fails where it is used and is not kept here. */
  end(): void {
    this.#ended = true;
  }

  /** The error for people: which class, which parameter, along which path, and what to do. */
  failure(target: AnyClass): InvalidConfiguration {
    const origin = this.#origin?.error;
    const innermost = this.#steps[0];
    const path = [target.name, ...this.#steps.map(({ parameter }) => nameOf(parameter)).reverse()].join(' → ');
    const place =
      innermost?.of === undefined ? '' : ` (parameter ${innermost.of.index + 1} of ${innermost.of.target.name})`;
    const where = `class ${target.name} cannot be made: ${innermost === undefined ? '' : `${path}${place}: `}`;
    if (origin instanceof Error && OF_TSYRINGE.test(origin.message)) {
      return new InvalidConfiguration(`${where}${remedyFor(innermost)}`, { cause: origin });
    }
    const text = origin instanceof Error ? origin.message : String(origin);
    const retryable = origin instanceof WampError ? origin.retryable : true;
    return new InvalidConfiguration(`${where}${text}`, { cause: origin, retryable });
  }
}

const OF_TSYRINGE =
  /^TypeInfo not known for "|^Attempted to (?:resolve unregistered dependency|construct an undefined)/;

function remedyFor(step: InjectionStep | undefined): string {
  if (step === undefined) return `its parameters are not known; ${METADATA_REMEDY}`;
  const token = tokenOf(step.parameter);
  if (typeof token === 'string' || typeof token === 'symbol') {
    return 'nothing is registered for this token; provide it with @component({ provide: [{ token, … }] })';
  }
  const remedy = typeRemedy(token);
  if (remedy !== undefined) return `it ${remedy}`;
  const { name } = token as AnyClass;
  return parameterTypes(token as AnyClass) === undefined
    ? `nothing is known of the parameters of ${name}; put @injectable() on it, and ${METADATA_REMEDY}`
    : `${name} is not injectable here; put @injectable() of @wamp-run/component on it (that of another copy of tsyringe does not count)`;
}

function tokenOf(parameter: unknown): unknown {
  return isTokenDescriptor(parameter) ? parameter.token : parameter;
}

function nameOf(parameter: unknown): string {
  return tokenName(tokenOf(parameter));
}
