import { checkOptionNames, InvalidConfiguration, type Random } from '@wamp-run/protocol';

/**
 * When a client tries again. Connectors take turns, and each has a count of its own: of the failures since the last
 * join that succeeded. One that has not failed yet is tried at once; a session that is lost counts once for each.
 */
export interface Retry {
  /** How many attempts by the same connector may follow its first failure; -1 is no limit. Default: -1. */
  maxRetries?: number | undefined;
  /** Milliseconds before the first retry. Default: 1 000. */
  initialRetryDelay?: number | undefined;
  /** Milliseconds that no delay exceeds. Default: 30 000. */
  maxRetryDelay?: number | undefined;
  /** By what each delay is longer than the one before it. Default: 1.5. */
  retryDelayGrowth?: number | undefined;
  /** Up to which part of it a delay is made longer or shorter at random, from 0 to 1. Default: 0.1. */
  retryDelayJitter?: number | undefined;
}

/** When a client makes an idempotent call again (`CallOptions.idempotent`). */
export interface CallRetry {
  /** How many attempts may follow the first; -1 is no limit but the call's time. Default: 8. */
  maxRetries?: number | undefined;
  /** Milliseconds before the second attempt. Default: 100. */
  initialRetryDelay?: number | undefined;
  /** Milliseconds that no delay exceeds. Default: 5 000. */
  maxRetryDelay?: number | undefined;
  /** By what each delay is longer than the one before it. Default: 2. */
  retryDelayGrowth?: number | undefined;
  /** Up to which part of it a delay is made longer or shorter at random, from 0 to 1. Default: 0.5. */
  retryDelayJitter?: number | undefined;
}

/** What is tried again, and when where nothing is said of it. */
export interface BackoffDefaults {
  /** What the options are called, in errors. */
  readonly name: string;
  readonly defaults: Readonly<Required<{ [K in keyof Retry]: number }>>;
}

/** Of joining. */
export const JOIN_BACKOFF: BackoffDefaults = {
  name: 'retry',
  defaults: {
    maxRetries: -1,
    initialRetryDelay: 1_000,
    maxRetryDelay: 30_000,
    retryDelayGrowth: 1.5,
    retryDelayJitter: 0.1,
  },
};

/** Of calls: together 16 s, in which a router is back, or another callee there. */
export const CALL_BACKOFF: BackoffDefaults = {
  name: 'callRetry',
  defaults: {
    maxRetries: 8,
    initialRetryDelay: 100,
    maxRetryDelay: 5_000,
    retryDelayGrowth: 2,
    retryDelayJitter: 0.5,
  },
};

const KEYS: Readonly<Record<keyof Retry, true>> = {
  maxRetries: true,
  initialRetryDelay: true,
  maxRetryDelay: true,
  retryDelayGrowth: true,
  retryDelayJitter: true,
};

/** Says how long to wait after how many failures in a row. */
export class Backoff {
  readonly #retry: { [K in keyof Retry]-?: number };
  readonly #random: Random;

  /** Throws InvalidConfiguration where a number is out of its range, or a key is none. */
  constructor(
    retry: Retry | CallRetry | false | undefined,
    random: Random,
    { name, defaults }: BackoffDefaults = JOIN_BACKOFF,
  ) {
    if (retry !== undefined && retry !== false) checkOptionNames(retry, KEYS, name, '.');
    const given: Retry = retry === false ? { maxRetries: 0 } : (retry ?? {});
    const number = (key: keyof Retry, least: number, most: number) => {
      const value = given[key] ?? defaults[key];
      if (typeof value === 'number' && value >= least && value <= most) return value;
      throw new InvalidConfiguration(`${name}.${key}: expected a number from ${least} to ${most}, got ${value}`);
    };
    this.#retry = {
      maxRetries: number('maxRetries', -1, Number.POSITIVE_INFINITY),
      initialRetryDelay: number('initialRetryDelay', 0, 2 ** 31 - 1),
      maxRetryDelay: number('maxRetryDelay', 0, 2 ** 31 - 1),
      retryDelayGrowth: number('retryDelayGrowth', 1, Number.MAX_VALUE),
      retryDelayJitter: number('retryDelayJitter', 0, 1),
    };
    this.#random = random;
  }

  /** Milliseconds that no delay exceeds. */
  get longest(): number {
    return this.#retry.maxRetryDelay;
  }

  /** Milliseconds to wait after the nth failure in a row (1, 2, …); undefined where that was the last attempt. */
  delay(failures: number): number | undefined {
    const { maxRetries, initialRetryDelay, maxRetryDelay, retryDelayGrowth, retryDelayJitter } = this.#retry;
    if (maxRetries >= 0 && failures > maxRetries) return undefined;
    const plain = Math.min(initialRetryDelay * retryDelayGrowth ** (failures - 1), maxRetryDelay);
    const jittered = plain * (1 + retryDelayJitter * this.#between());
    return Math.round(Math.min(Math.max(jittered, 0), maxRetryDelay));
  }

  /** A random number from -1 up to 1. */
  #between(): number {
    let number = 0;
    for (const byte of this.#random(4)) number = number * 256 + byte;
    return number / 2 ** 31 - 1;
  }
}
