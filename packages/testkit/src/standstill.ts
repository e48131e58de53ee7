import type { FakeClock } from '@wamp-run/protocol/conformance';
import type { TestComponent } from './test-component.js';

/** Why a component that is waited for is not in service, and what to do. */
export function notInService({ name, status }: TestComponent, clock: FakeClock): string {
  const why = status.error === undefined ? '' : ` after: ${status.error.message}`;
  return `${name} is not in service, but ${status.state}${why}; ${standstill(clock)}, and start it with { until: 'started' } where that is meant`;
}

/** That nothing moves unless the test moves it. */
export function standstill({ next }: FakeClock): string {
  const timer = next === undefined ? 'no timer is running' : `the next timer is due in ${next} ms`;
  return `time stands still in a test realm (${timer}): move it with advance(ms)`;
}
