import { describe, expect, test } from 'vitest';
import {
  CLIENT_STATES,
  type CompiledTable,
  clientTable,
  MESSAGE_SHAPES,
  type MessageCode,
  ProtocolError,
  ROUTER_STATES,
  routerTable,
  SessionMachine,
  type SessionState,
  type SessionTable,
  type Step,
} from '../src/index.js';

/** The shortest way into each state, so that the machine under test is brought there by legal steps only. */
const WAYS: Record<'client' | 'router', Record<SessionState, Step[]>> = {
  client: {
    closed: [],
    establishing: ['send HELLO'],
    authenticating: ['send HELLO', 'receive CHALLENGE'],
    established: ['send HELLO', 'receive WELCOME'],
    'shutting-down': ['send HELLO', 'receive WELCOME', 'send GOODBYE'],
    closing: ['send HELLO', 'receive WELCOME', 'receive GOODBYE'],
  },
  router: {
    closed: [],
    establishing: ['receive HELLO'],
    authenticating: ['receive HELLO', 'send CHALLENGE'],
    established: ['receive HELLO', 'send WELCOME'],
    'shutting-down': ['receive HELLO', 'send WELCOME', 'send GOODBYE'],
    closing: ['receive HELLO', 'send WELCOME', 'receive GOODBYE'],
  },
};

function take(machine: SessionMachine, step: Step): void {
  const [verb, name] = step.split(' ') as [string, string];
  if (step === 'lose transport') {
    machine.lose();
    return;
  }
  const type = MESSAGE_SHAPES.find((shape) => shape.name === name)?.type as MessageCode;
  if (verb === 'send') machine.send(type);
  else machine.receive(type);
}

const SIDES: ['client' | 'router', SessionTable, CompiledTable][] = [
  ['client', CLIENT_STATES, clientTable],
  ['router', ROUTER_STATES, routerTable],
];

describe.each(SIDES)('a %s session', (side, table, compiled) => {
  const states = Object.keys(table) as SessionState[];
  const steps = MESSAGE_SHAPES.flatMap((shape): Step[] => [`send ${shape.name}`, `receive ${shape.name}`]);

  test.each(states)('%s: every step leads where the table says, or is a violation', (state) => {
    for (const step of [...steps, 'lose transport' as const]) {
      const machine = new SessionMachine(compiled);
      for (const taken of WAYS[side][state]) take(machine, taken);
      expect(machine.state).toBe(state);
      const to = step === 'lose transport' ? 'closed' : table[state][step];
      if (to !== undefined) {
        take(machine, step);
        expect(machine.state, `${state}: ${step}`).toBe(to);
      } else {
        expect(() => take(machine, step), `${state}: ${step}`).toThrow(ProtocolError);
        expect(machine.state).toBe(state);
      }
    }
  });

  test('only messages of its direction appear', () => {
    const mine = side === 'client' ? 'router' : 'client';
    for (const state of states) {
      for (const shape of MESSAGE_SHAPES) {
        if (shape.sentBy === mine)
          expect(table[state][`send ${shape.name}`], `${state} send ${shape.name}`).toBeUndefined();
        if (shape.sentBy === side) {
          expect(table[state][`receive ${shape.name}`], `${state} receive ${shape.name}`).toBeUndefined();
        }
      }
    }
  });

  test('GOODBYE can be sent once only', () => {
    const machine = new SessionMachine(compiled);
    for (const step of WAYS[side]['shutting-down']) take(machine, step);
    expect(() => take(machine, 'send GOODBYE')).toThrow('cannot send GOODBYE while shutting-down');
  });
});

describe('the violations of the specification that a table decides', () => {
  const cases: [string, 'client' | 'router', SessionState, Step][] = [
    ['V1 WELCOME after establishment', 'client', 'established', 'receive WELCOME'],
    ['V1 CHALLENGE after establishment', 'client', 'established', 'receive CHALLENGE'],
    ['V2 a second HELLO', 'router', 'established', 'receive HELLO'],
    ['V3 GOODBYE before establishment', 'router', 'closed', 'receive GOODBYE'],
    ['V3 ERROR before establishment', 'router', 'closed', 'receive ERROR'],
    ['V3 GOODBYE before establishment, at the client', 'client', 'establishing', 'receive GOODBYE'],
    ['V3 ERROR before establishment, at the client', 'client', 'establishing', 'receive ERROR'],
    ['V4 RESULT before establishment', 'client', 'establishing', 'receive RESULT'],
    ['V4 INVOCATION before establishment', 'client', 'establishing', 'receive INVOCATION'],
    ['CALL before establishment', 'router', 'closed', 'receive CALL'],
    ['AUTHENTICATE without a challenge', 'router', 'establishing', 'receive AUTHENTICATE'],
  ];
  test.each(cases)('%s', (_, side, state, step) => {
    const machine = new SessionMachine(side === 'client' ? clientTable : routerTable);
    for (const taken of WAYS[side][state]) take(machine, taken);
    const name = step.slice('receive '.length);
    expect(() => take(machine, step)).toThrow(`received ${name} while ${state}`);
  });
});
