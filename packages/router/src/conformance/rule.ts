import type { Dict, Feature } from '@wamp-run/protocol';
import type { ConformanceClient } from './conformance-client.js';

/** What a rule belongs to: a feature of the advanced profile, or the basic profile. */
export type Subject = Feature | 'basic';

/** Where a rule is tried: clients that join one realm of the router under test, on connections of their own. */
export interface Room {
  readonly realm: string;
  /** A topic that has a history; undefined where the router has none. */
  readonly historyTopic: string | undefined;
  /** A URI below a prefix that no other test uses. */
  uri(end: string): string;
  /** A client that has joined; with all features announced, unless `roles` says otherwise. */
  join(roles?: Dict): Promise<ConformanceClient>;
  /** A client that has not said HELLO. */
  connect(): Promise<ConformanceClient>;
}

/** One rule of the protocol. */
export interface Rule {
  readonly subject: Subject;
  readonly name: string;
  /** Throws where the router breaks the rule. */
  run(room: Room): Promise<void>;
}

/** Rules of one subject, by their names. */
export function rules(subject: Subject, of: Record<string, Rule['run']>): Rule[] {
  return Object.entries(of).map(([name, run]) => ({ subject, name, run }));
}
