import { all, compile, type SessionTable } from './machine.js';

// A session as its router sees it: the client's table from the other side.

const INCOMING = [
  'PUBLISH',
  'SUBSCRIBE',
  'UNSUBSCRIBE',
  'CALL',
  'CANCEL',
  'REGISTER',
  'UNREGISTER',
  'YIELD',
  'ERROR',
] as const;
const OUTGOING = [
  'PUBLISHED',
  'SUBSCRIBED',
  'UNSUBSCRIBED',
  'EVENT',
  'RESULT',
  'REGISTERED',
  'UNREGISTERED',
  'INVOCATION',
  'INTERRUPT',
  'ERROR',
] as const;

/**
 * A session as its router sees it: which message may be received or sent in which state, and where that leads. What is not in
 * the table is a violation of the protocol. Drawn in `docs/lifecycles.md`.
 */
export const ROUTER_STATES: SessionTable = {
  // A transport may carry one session after another: after GOODBYE both ways, HELLO may come again.
  closed: {
    'receive HELLO': 'establishing',
    'receive ABORT': 'closed',
    'send ABORT': 'closed',
    'lose transport': 'closed',
  },
  establishing: {
    'send WELCOME': 'established',
    'send CHALLENGE': 'authenticating',
    'send ABORT': 'closed',
    'receive ABORT': 'closed',
    'lose transport': 'closed',
  },
  authenticating: {
    'receive AUTHENTICATE': 'establishing',
    'receive ABORT': 'closed',
    'send ABORT': 'closed',
    'lose transport': 'closed',
  },
  established: {
    ...all('receive', INCOMING, 'established'),
    ...all('send', OUTGOING, 'established'),
    'receive GOODBYE': 'closing',
    'send GOODBYE': 'shutting-down',
    'receive ABORT': 'closed',
    'send ABORT': 'closed',
    'lose transport': 'closed',
  },
  // GOODBYE is sent: what the client had on its way is let past, until its own GOODBYE.
  'shutting-down': {
    ...all('receive', INCOMING, 'shutting-down'),
    'receive GOODBYE': 'closed',
    'receive ABORT': 'closed',
    'send ABORT': 'closed',
    'lose transport': 'closed',
  },
  closing: {
    'send GOODBYE': 'closed',
    'lose transport': 'closed',
  },
};

/** `ROUTER_STATES`, made ready for `SessionMachine`. */
export const routerTable = compile(ROUTER_STATES);
