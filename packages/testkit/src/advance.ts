import { InvalidConfiguration } from '@wamp-run/protocol';
import type { FakeClock } from '@wamp-run/protocol/conformance';
import { settle } from './patience.js';

/** Moves a clock on from timer to timer, and lets what each sets off come to rest before the next. */
export async function advance(clock: FakeClock, ms: number): Promise<void> {
  if (!(ms >= 0 && ms < Number.POSITIVE_INFINITY)) {
    throw new InvalidConfiguration(`advance: expected milliseconds of at least 0, got ${ms}`);
  }
  const until = clock.now() + ms;
  await settle();
  for (;;) {
    const { next } = clock;
    if (next === undefined || clock.now() + next > until) break;
    clock.advance(Math.max(0, next));
    await settle();
  }
  clock.advance(until - clock.now());
  await settle();
}
