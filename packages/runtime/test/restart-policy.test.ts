import { FakeClock } from '@wamp-run/protocol/conformance';
import { describe, expect, test } from 'vitest';
import { Restarts } from '../src/restart-policy.js';

function restarts(policy: ConstructorParameters<typeof Restarts>[0]['policy'], clock: FakeClock): Restarts {
  // The middle of what chance may add or take.
  return new Restarts({ policy, clock, random: (n) => new Uint8Array(n).fill(127) });
}

describe('restarts', () => {
  test('of those that lie further back than the window, none counts', async () => {
    const clock = new FakeClock();
    const counted = restarts({ limit: 2, window: 1_000 }, clock);
    counted.next();
    await clock.advance(600);
    counted.next();
    expect(counted.left).toBe(false);
    await clock.advance(399);
    expect(counted.left).toBe(false);
    // The first is now a whole window ago.
    await clock.advance(1);
    expect(counted.left).toBe(true);
    counted.next();
    expect(counted.left).toBe(false);
    expect(counted.count).toBe(3);
  });

  test('a life that was in service for a whole window begins anew, a shorter one does not', () => {
    const counted = restarts({ limit: 1, window: 1_000 }, new FakeClock());
    counted.next();
    counted.served(999);
    expect(counted.left).toBe(false);
    counted.served(1_000);
    expect(counted.left).toBe(true);
  });

  test('never is never', () => {
    expect(restarts('never', new FakeClock()).left).toBe(false);
  });
});
