import type { Dict } from '@wamp-run/protocol';

// Details and options that are the same in every message, so that a message costs no dict. Frozen: a receiver in the
// same program that writes to one gets an exception instead of changing everybody's.

export const NOTHING: Dict = Object.freeze({});

/** INVOCATION: the caller takes progressive results. */
export const RECEIVE_PROGRESS: Dict = Object.freeze({ receive_progress: true });

/** RESULT: more will follow. */
export const PROGRESS: Dict = Object.freeze({ progress: true });

/** INTERRUPT: the caller waits for the callee's answer. */
export const KILL: Dict = Object.freeze({ mode: 'kill' });

/** INTERRUPT: nobody waits for an answer. */
export const KILLNOWAIT: Dict = Object.freeze({ mode: 'killnowait' });
