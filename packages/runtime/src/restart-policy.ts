import { type Clock, checkOptionNames, InvalidConfiguration, type Random, typeName } from '@wamp-run/protocol';

/** How often, and how soon, a component that fails is given another life. */
export interface RestartPolicy {
  /** How many restarts there may be within `window`; one failure more, and the component has `failed`. Default: 5. */
  readonly limit?: number;
  /**
   * Milliseconds that restarts count for. A life that was in service for so long begins counting anew. Default: 60 000.
   */
  readonly window?: number;
  /** Milliseconds before the first restart; doubled with each further one, and a tenth longer or shorter. Default: 200. */
  readonly delay?: number;
  /** Milliseconds that no delay exceeds. Default: 30 000. */
  readonly maxDelay?: number;
}

const LONGEST = 2 ** 31 - 1;

interface Range {
  readonly standard: number;
  readonly least: number;
  readonly most: number;
}

const KEYS: { readonly [K in keyof RestartPolicy]-?: Range } = {
  limit: { standard: 5, least: 0, most: 1_000_000 },
  window: { standard: 60_000, least: 1, most: LONGEST },
  delay: { standard: 200, least: 0, most: LONGEST },
  maxDelay: { standard: 30_000, least: 0, most: LONGEST },
};

/**
 * Throws InvalidConfiguration where a policy is none.
 *
 * @param of whose it is, for the message: `Clerk.restart`
 */
export function checkRestartPolicy(policy: 'never' | RestartPolicy, of: string): void {
  if (policy === 'never') return;
  if (typeof policy !== 'object' || policy === null) {
    throw new InvalidConfiguration(`${of}: expected 'never' or an object with options, got ${typeName(policy)}`);
  }
  checkOptionNames(policy, KEYS, of, '.');
  for (const [key, { least, most }] of Object.entries(KEYS)) {
    const value = policy[key as keyof RestartPolicy];
    if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) continue;
    throw new InvalidConfiguration(
      `${of}.${key}: expected a whole number from ${least} to ${most}, got ${String(value)}`,
    );
  }
}

export interface RestartsOptions {
  readonly policy: 'never' | RestartPolicy;
  readonly clock: Clock;
  readonly random: Random;
}

/** The restarts of one component: how many there were, and when the next one may be. */
export class Restarts {
  readonly #policy: Required<RestartPolicy>;
  readonly #clock: Clock;
  readonly #random: Random;
  /** When they were, those of the present window. */
  #times: number[] = [];
  /** Since a life was in service for a whole window. */
  #inARow = 0;
  #count = 0;

  constructor({ policy, clock, random }: RestartsOptions) {
    const given = policy === 'never' ? { limit: 0 } : policy;
    this.#policy = {
      limit: given.limit ?? KEYS.limit.standard,
      window: given.window ?? KEYS.window.standard,
      delay: given.delay ?? KEYS.delay.standard,
      maxDelay: given.maxDelay ?? KEYS.maxDelay.standard,
    };
    this.#clock = clock;
    this.#random = random;
  }

  /** How many there have been. */
  get count(): number {
    return this.#count;
  }

  /** Whether `next` may be asked for milliseconds. */
  get left(): boolean {
    const { limit, window } = this.#policy;
    const since = this.#clock.now() - window;
    this.#times = this.#times.filter((time) => time > since);
    return this.#times.length < limit;
  }

  /** What the policy comes to, for people. */
  get bound(): string {
    const { limit, window } = this.#policy;
    return limit === 0 ? 'it is not restarted' : `restarted ${limit} times within ${window} ms`;
  }

  /** A life was in service for so long (ms). */
  served(ms: number): void {
    if (ms < this.#policy.window) return;
    this.#times = [];
    this.#inARow = 0;
  }

  /** Counts a restart. Returns after how many milliseconds it is due. */
  next(): number {
    const { delay, maxDelay } = this.#policy;
    const plain = Math.min(delay * 2 ** this.#inARow, maxDelay);
    this.#times.push(this.#clock.now());
    this.#inARow++;
    this.#count++;
    return Math.min(Math.round(plain * (1 + this.#between() / 10)), maxDelay);
  }

  /** A random number from -1 up to 1. */
  #between(): number {
    let number = 0;
    for (const byte of this.#random(4)) number = number * 256 + byte;
    return number / 2 ** 31 - 1;
  }
}
