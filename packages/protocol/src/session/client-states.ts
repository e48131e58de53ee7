import { all, compile, type SessionTable } from './machine.js';

// A client's session, step by step. See "Sessions" in the basic profile of the specification.

const REQUESTS = ['PUBLISH', 'SUBSCRIBE', 'UNSUBSCRIBE', 'CALL', 'CANCEL', 'REGISTER', 'UNREGISTER'] as const;
const ANSWERS_OUT = ['YIELD', 'ERROR'] as const;
const INCOMING = [
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
 * A session as its client sees it: which message may be sent or received in which state, and where that leads. What is not in
 * the table is a violation of the protocol. Drawn in `docs/lifecycles.md`.
 */
export const CLIENT_STATES: SessionTable = {
  closed: {
    'send HELLO': 'establishing',
    // A router that shuts down, or has waited too long for HELLO.
    'receive ABORT': 'closed',
    'lose transport': 'closed',
  },
  establishing: {
    'receive WELCOME': 'established',
    'receive CHALLENGE': 'authenticating',
    'receive ABORT': 'closed',
    'send ABORT': 'closed',
    'lose transport': 'closed',
  },
  authenticating: {
    'send AUTHENTICATE': 'establishing',
    'receive ABORT': 'closed',
    'send ABORT': 'closed',
    'lose transport': 'closed',
  },
  established: {
    ...all('send', [...REQUESTS, ...ANSWERS_OUT], 'established'),
    ...all('receive', INCOMING, 'established'),
    'send GOODBYE': 'shutting-down',
    'receive GOODBYE': 'closing',
    'receive ABORT': 'closed',
    'send ABORT': 'closed',
    'lose transport': 'closed',
  },
  // GOODBYE is sent: what still comes is let past, until the peer's GOODBYE.
  'shutting-down': {
    ...all('receive', INCOMING, 'shutting-down'),
    'receive GOODBYE': 'closed',
    'receive ABORT': 'closed',
    'send ABORT': 'closed',
    'lose transport': 'closed',
  },
  // GOODBYE has come: it is answered, and that is all.
  closing: {
    'send GOODBYE': 'closed',
    'lose transport': 'closed',
  },
};

/** `CLIENT_STATES`, made ready for `SessionMachine`. */
export const clientTable = compile(CLIENT_STATES);
