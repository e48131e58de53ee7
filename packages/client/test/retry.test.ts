import { InvalidConfiguration, type Random } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { Backoff, type Retry } from '../src/retry.js';
import { bytes, NO_JITTER } from './scripted.js';

type Delays = (retry: Retry | false | undefined, random: Random, count: number) => (number | undefined)[];

const delays: Delays = (retry, random, count) => {
  const backoff = new Backoff(retry, random);
  return Array.from({ length: count }, (_, i) => backoff.delay(i + 1));
};

/** Autobahn's way: growth is applied before the first delay is used. */
const delaysOfAutobahn: Delays = (retry, _random, count) => {
  const {
    initialRetryDelay = 1_000,
    maxRetryDelay = 30_000,
    retryDelayGrowth = 1.5,
  } = retry === false ? {} : (retry ?? {});
  let delay = initialRetryDelay;
  return Array.from({ length: count }, () => {
    delay = Math.min(delay * retryDelayGrowth, maxRetryDelay);
    return Math.round(delay);
  });
};

/** The suite, for whatever computes delays. */
function checkSequence(of: Delays): void {
  expect(of(undefined, NO_JITTER, 11)).toEqual([
    1_000, 1_500, 2_250, 3_375, 5_063, 7_594, 11_391, 17_086, 25_629, 30_000, 30_000,
  ]);
  expect(of({ initialRetryDelay: 10, retryDelayGrowth: 2, maxRetryDelay: 50 }, NO_JITTER, 5)).toEqual([
    10, 20, 40, 50, 50,
  ]);
}

test('the delays are exact with randomness that is: the first is the initial one', () => {
  checkSequence(delays);
});

test('the check above rejects a backoff that grows before its first delay', () => {
  expect(() => checkSequence(delaysOfAutobahn)).toThrow();
});

describe('jitter', () => {
  test('is at most its part of the delay, either way', () => {
    expect(delays({ retryDelayJitter: 0.1 }, bytes(0x00), 2)).toEqual([900, 1_350]);
    expect(delays({ retryDelayJitter: 0.1 }, bytes(0xff, 0xff), 2)).toEqual([1_100, 1_650]);
  });

  test('does not lead beyond the longest delay, nor below zero', () => {
    const retry = { initialRetryDelay: 1_000, maxRetryDelay: 1_000, retryDelayJitter: 1 };
    expect(delays(retry, bytes(0xff, 0xff), 1)).toEqual([1_000]);
    expect(delays(retry, bytes(0x00), 1)).toEqual([0]);
  });

  test('is not carried on to the next delay', () => {
    expect(delays({ retryDelayJitter: 0.5 }, bytes(0x00), 3)).toEqual([500, 750, 1_125]);
  });
});

describe('the number of retries', () => {
  test('is counted after the first failure', () => {
    expect(delays({ maxRetries: 2 }, NO_JITTER, 3)).toEqual([1_000, 1_500, undefined]);
    expect(delays({ maxRetries: 0 }, NO_JITTER, 1)).toEqual([undefined]);
    expect(delays(false, NO_JITTER, 1)).toEqual([undefined]);
  });

  test('has no end by default, however many failures', () => {
    expect(new Backoff(undefined, NO_JITTER).delay(100_000)).toBe(30_000);
  });
});

test.each<[string, Retry]>([
  ['maxRetries', { maxRetries: -2 }],
  ['initialRetryDelay', { initialRetryDelay: -1 }],
  ['initialRetryDelay', { initialRetryDelay: 2 ** 31 }],
  ['maxRetryDelay', { maxRetryDelay: Number.NaN }],
  ['maxRetryDelay', { maxRetryDelay: Number.POSITIVE_INFINITY }],
  ['retryDelayGrowth', { retryDelayGrowth: 0.5 }],
  ['retryDelayJitter', { retryDelayJitter: 1.5 }],
  ['retryDelayJitter', { retryDelayJitter: '0.1' as never }],
])('%s out of its range is refused by name: %j', (name, retry) => {
  expect(() => new Backoff(retry, NO_JITTER)).toThrow(InvalidConfiguration);
  expect(() => new Backoff(retry, NO_JITTER)).toThrow(`retry.${name}`);
});
