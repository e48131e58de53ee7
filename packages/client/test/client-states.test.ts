import { ProtocolError } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { CLIENT_LIFECYCLE, ClientMachine, type ClientState, type ClientStep } from '../src/client-states.js';

const STATES = ['idle', 'connecting', 'joining', 'joined', 'waiting', 'closing', 'closed'] as const;
const STEPS = ['open', 'connect', 'join', 'fail', 'retry', 'leave', 'end'] as const;

/** How to get to each state. */
const WAYS: Record<ClientState, ClientStep[]> = {
  idle: [],
  connecting: ['open'],
  joining: ['open', 'connect'],
  joined: ['open', 'connect', 'join'],
  waiting: ['open', 'fail'],
  closing: ['leave'],
  closed: ['leave', 'end'],
};

/** Written out once more, so that a change in the table is a decision. */
const LEADS_TO: Record<ClientState, Partial<Record<ClientStep, ClientState>>> = {
  idle: { open: 'connecting', leave: 'closing' },
  connecting: { connect: 'joining', fail: 'waiting', leave: 'closing' },
  joining: { join: 'joined', fail: 'waiting', leave: 'closing' },
  joined: { fail: 'waiting', leave: 'closing' },
  waiting: { retry: 'connecting', end: 'closed', leave: 'closing' },
  closing: { end: 'closed' },
  closed: {},
};

function machineIn(state: ClientState): ClientMachine {
  const machine = new ClientMachine();
  for (const step of WAYS[state]) machine.step(step);
  expect(machine.state).toBe(state);
  return machine;
}

test('the table has these states, and these steps', () => {
  expect(Object.keys(CLIENT_LIFECYCLE).sort()).toEqual([...STATES].sort());
  const steps = new Set(Object.values(CLIENT_LIFECYCLE).flatMap((row) => Object.keys(row)));
  expect([...steps].sort()).toEqual([...STEPS].sort());
});

describe.each(STATES)('%s', (state) => {
  test.each(STEPS)('%s', (step) => {
    const machine = machineIn(state);
    const next = LEADS_TO[state][step];
    if (next === undefined) {
      expect(() => machine.step(step)).toThrow(ProtocolError);
      expect(machine.state).toBe(state);
    } else {
      machine.step(step);
      expect(machine.state).toBe(next);
    }
  });
});

test('from every state but the last there is a way to closed', () => {
  for (const state of STATES) {
    const seen = new Set<ClientState>([state]);
    for (const from of seen) for (const to of Object.values(CLIENT_LIFECYCLE[from])) seen.add(to);
    expect(seen).toContain('closed');
  }
});
