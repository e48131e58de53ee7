import { describe, expect, test } from 'vitest';
import { COMPONENT_STATES, type ComponentState, type ComponentStep, nextState } from '../src/index.js';

const STEPS: ComponentStep[] = ['start', 'bind', 'lose', 'retry', 'crash', 'stop', 'end', 'fail'];
const STATES = Object.keys(COMPONENT_STATES) as ComponentState[];

describe('the life of a component', () => {
  test.each(STATES)('%s: every step leads to a state, or nowhere', (state) => {
    for (const step of STEPS) {
      const to = nextState(state, step);
      expect(to).toBe(COMPONENT_STATES[state][step]);
      if (to !== undefined) expect(STATES).toContain(to);
    }
  });

  test('what has ended stays ended, whatever comes late, until it is started again', () => {
    for (const step of STEPS) {
      if (step === 'start') continue;
      for (const state of ['stopped', 'failed'] as const) expect([undefined, state]).toContain(nextState(state, step));
    }
  });

  test('what has ended can be started again', () => {
    for (const state of ['stopped', 'failed'] as const) expect(nextState(state, 'start')).toBe('starting');
  });

  test('every state can be stopped, and every state but the first is reached', () => {
    for (const state of STATES) expect(nextState(state, 'stop')).toBeDefined();
    const reached = new Set(STATES.flatMap((state) => STEPS.map((step) => nextState(state, step))));
    expect([...STATES].filter((state) => !reached.has(state))).toEqual(['idle']);
  });
});
