import type { Connection } from './connection.js';

/** Somebody at a realm: a component, a session, or a scripted peer, over all of its connections. */
export interface Participant {
  readonly name: string;
  /** The latest connection: the one that faults befall. */
  connection: Connection | undefined;
}
