// The supervised life of a component, as a table. Nothing else decides a step; docs/lifecycles.md is drawn from it.

/** Where a component is in its supervised life. */
export type ComponentState = 'idle' | 'starting' | 'running' | 'waiting' | 'draining' | 'stopped' | 'failed';

/**
 * - `start`: it is built and its client begins to connect
 * - `bind`: all that it offers is registered and subscribed
 * - `lose`: the session, or the attempt to get one, is over
 * - `retry`: the client has a connection again
 * - `crash`: this life of it has failed, and another follows by its restart policy
 * - `stop`: somebody asked it to stop
 * - `end`: its client has ended as asked
 * - `fail`: it cannot be built, the router refuses it for good, or its restarts are used up
 */
export type ComponentStep = 'start' | 'bind' | 'lose' | 'retry' | 'crash' | 'stop' | 'end' | 'fail';

/** From each state, where a step leads. What is not in the table is not possible. Drawn in `docs/lifecycles.md`. */
export const COMPONENT_STATES: Readonly<
  Record<ComponentState, Readonly<Partial<Record<ComponentStep, ComponentState>>>>
> = {
  idle: { start: 'starting', stop: 'stopped', fail: 'failed' },
  starting: {
    retry: 'starting',
    bind: 'running',
    lose: 'waiting',
    crash: 'waiting',
    stop: 'draining',
    end: 'stopped',
    fail: 'failed',
  },
  running: { lose: 'waiting', crash: 'waiting', stop: 'draining', end: 'stopped', fail: 'failed' },
  // For a connection, or for the next life.
  waiting: {
    retry: 'starting',
    start: 'starting',
    lose: 'waiting',
    crash: 'waiting',
    stop: 'draining',
    end: 'stopped',
    fail: 'failed',
  },
  // Whatever happens to the session while it drains: it was going to end anyway.
  draining: {
    retry: 'draining',
    bind: 'draining',
    lose: 'draining',
    crash: 'draining',
    stop: 'draining',
    end: 'stopped',
    fail: 'stopped',
  },
  // Somebody has it started once more: another instance, another client.
  stopped: { start: 'starting', stop: 'stopped' },
  failed: { start: 'starting', stop: 'failed' },
};

/** Where a step leads from a state; undefined where it leads nowhere. */
export function nextState(state: ComponentState, step: ComponentStep): ComponentState | undefined {
  return COMPONENT_STATES[state][step];
}
