import type { Id, MatchPolicy } from '@wamp-run/protocol';
import type { Callee } from './parties.js';

/** Which of several callees a call goes to. */
export type InvokePolicy = 'single' | 'first' | 'last' | 'roundrobin' | 'random';

/** A procedure, or a pattern of procedures, and who has it. */
export interface Registration {
  readonly id: Id;
  /** The URI, or the pattern. */
  readonly procedure: string;
  readonly match: MatchPolicy;
  readonly invoke: InvokePolicy;
  /** When it was made: milliseconds of the router's clock. */
  readonly created: number;
  readonly callee: Callee;
}
