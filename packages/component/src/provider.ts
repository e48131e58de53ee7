import { constructorProblems } from './constructor-parameters.js';
import { knownOptions, type OptionRules } from './options.js';
import type { AnyClass } from './records.js';
import type { InjectionToken } from './tsyringe.js';

/** Gives what is injected for a class or a token. What cannot be had is thrown, as of a constructor. */
export type Inject = <T>(token: InjectionToken<T>) => T;

interface ProviderFor {
  /** What constructors ask for: a class, or what stands in `@inject(token)`. */
  readonly token: AnyClass | string | symbol;
  /**
   * Whose it is. `component`: each component that says so has one of its own. `process`: all components that bring the
   * same provider share one, which is made when the first of them needs it, and disposed of when the last component of
   * the process has ended; nothing of a single component can be injected into it. Default: `component`.
   */
  readonly scope?: 'component' | 'process';
}

/**
 * What a component brings along to be injected. Made at most once in its scope, when it is needed first. What a class or
 * a factory made is disposed of, where it has `dispose()`, the last made first; a value belongs to who gave it.
 *
 * @example { token: Database, useFactory: (inject) => new Database(inject(Settings).dsn), scope: 'process' }
 */
export type Provider = ProviderFor &
  (
    | { readonly useClass: AnyClass; readonly useValue?: never; readonly useFactory?: never }
    | { readonly useValue: unknown; readonly useClass?: never; readonly useFactory?: never }
    | { readonly useFactory: (inject: Inject) => unknown; readonly useClass?: never; readonly useValue?: never }
  );

const RULES: OptionRules = {
  token: 'anything',
  useClass: 'anything',
  useValue: 'anything',
  useFactory: 'anything',
  scope: 'string',
};

const WAYS = ['useClass', 'useValue', 'useFactory'] as const;

/** The providers that a component names, as far as they are right; what is wrong goes to `complain`. */
export function checkedProviders(given: unknown, complain: (sentence: string) => void): Provider[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    complain("the option 'provide' must be a list of providers");
    return [];
  }
  const tokens = new Set<unknown>();
  return given.filter((each: unknown, i) => {
    const before = `provide[${i}]`;
    let fine = true;
    const wrong = (sentence: string): void => {
      fine = false;
      complain(`${before}: ${sentence}`);
    };
    const known = knownOptions(each, RULES, wrong) as Partial<Record<keyof typeof RULES, unknown>>;
    if (!fine) return false;
    checkProvider(known, wrong);
    if (tokens.has(known.token)) wrong(`provides ${tokenName(known.token)} once more; leave one of them`);
    tokens.add(known.token);
    return fine;
  });
}

function checkProvider(given: Readonly<Record<string, unknown>>, wrong: (sentence: string) => void): void {
  const { token, scope } = given;
  if (typeof token !== 'function' && typeof token !== 'string' && typeof token !== 'symbol') {
    wrong('has no token; name the class, string or symbol that constructors ask for');
  }
  const ways = WAYS.filter((way) => way in given);
  if (ways.length !== 1) wrong(`says ${ways.join(' and ') || 'nothing'}; say one of ${WAYS.join(', ')}`);
  if ('useFactory' in given && typeof given.useFactory !== 'function') wrong('useFactory is no function');
  if ('useClass' in given) {
    const { useClass } = given;
    if (typeof useClass !== 'function') wrong('useClass is no class (a circular import, or `import type`)');
    else for (const problem of constructorProblems(useClass as AnyClass)) wrong(`${useClass.name}: ${problem}`);
  }
  if (scope !== undefined && scope !== 'component' && scope !== 'process') {
    wrong(`scope must be 'component' or 'process', not ${JSON.stringify(scope)}`);
  }
}

/** What an error calls a token. */
export function tokenName(token: unknown): string {
  if (typeof token === 'function') return token.name;
  if (typeof token === 'string') return `'${token}'`;
  return typeof token === 'object' ? 'delayed' : String(token);
}
