import type {
  EventHandler,
  Procedure,
  RegisterOptions,
  Registration,
  SubscribeOptions,
  Subscription,
} from '@wamp-run/client';
import type { ComponentInstance } from '@wamp-run/component';
import { type MatchPolicy, uriPattern } from '@wamp-run/protocol';

/** What there is of an offer on one session. */
interface Standing {
  /** As the component has it, named parts included. */
  readonly uri: string;
  /** The same for two spellings of one pattern, and for different lives of a component. */
  readonly key: string;
  /** Another session has it, and it is tried again. */
  isTaken: boolean;
  /** The client has it over joins. */
  isLasting: boolean;
  /** When the router confirmed it (ms). */
  since: number;
  /** How often in a row the router has taken it away soon. */
  revocations: number;
}

/** A procedure that a component registers. */
export interface ProcedureOffer extends Standing {
  readonly kind: 'procedure';
  readonly options: RegisterOptions;
  readonly handler: Procedure;
  hold: Registration | undefined;
}

/** A topic that a component subscribes to. */
export interface TopicOffer extends Standing {
  readonly kind: 'topic';
  readonly options: SubscribeOptions;
  readonly handler: EventHandler;
  hold: Subscription | undefined;
}

export type Offer = ProcedureOffer | TopicOffer;

/** What an instance offers, none of it there yet. */
export function offersOf({ procedures, topics }: ComponentInstance): Offer[] {
  return [
    ...procedures.map(({ uri, options, handler }): ProcedureOffer => {
      return { kind: 'procedure', ...standing(uri, options.match), options, handler, hold: undefined };
    }),
    ...topics.map(({ topic, options, handler }): TopicOffer => {
      return { kind: 'topic', ...standing(topic, options.match), options, handler, hold: undefined };
    }),
  ];
}

function standing(uri: string, match: MatchPolicy | undefined): Standing {
  return { uri, key: offerKey(uri, match), isTaken: false, isLasting: false, since: 0, revocations: 0 };
}

/** What tells one procedure, or one topic, from another: what goes over the wire, and how that is matched. */
export function offerKey(uri: string, match: MatchPolicy | undefined): string {
  if (!/[<>]/.test(uri)) return `${match ?? 'exact'} ${uri}`;
  const pattern = uriPattern(uri);
  return `${pattern.match} ${pattern.uri}`;
}
