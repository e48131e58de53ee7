import { type Dict, type Event, type Forwarded, type Id, type Logger, silent } from '@wamp-run/protocol';
import { about } from './about.js';
import { schemeIn } from './payload-coding.js';
import { NO_PARAMS } from './uri-target.js';

/** What an EventDetails is made from. */
export interface EventFields {
  readonly subscription: Id;
  readonly publication: Id;
  readonly topic: string;
  readonly publisher: Id | undefined;
  readonly publisherAuthid: string | undefined;
  readonly publisherAuthrole: string | undefined;
  readonly retained: boolean | undefined;
  readonly params?: Readonly<Dict> | undefined;
  readonly forwardFor?: readonly Forwarded[] | undefined;
  readonly transactionHash?: string | undefined;
  /** From 0 up; what a level means is the router's matter. */
  readonly trustlevel?: number | undefined;
  readonly payloadScheme?: string | undefined;
  /** What `EventDetails.log` is made from. Default: silence. */
  readonly log?: Logger | undefined;
}

/** What a handler learns of an event besides its arguments. A class, so that decorator metadata can name it. */
export class EventDetails {
  /** The id of the subscription that the event came by. */
  readonly subscription: Id;
  /** The id of the publication: the same for every receiver. */
  readonly publication: Id;
  /** The topic that was published to. */
  readonly topic: string;
  /** The values of the named parts, where the subscription's topic has any: `id` of `com.app.<id:int>`. */
  readonly params: Readonly<Dict>;
  /** The publisher's session id, where the router discloses it. */
  readonly publisher: Id | undefined;
  readonly publisherAuthid: string | undefined;
  readonly publisherAuthrole: string | undefined;
  /** True where the router had kept the event from earlier. */
  readonly retained: boolean | undefined;
  /** The sessions that the event came through, where routers are linked. */
  readonly forwardFor: readonly Forwarded[] | undefined;
  /** The transaction that the publisher says the event is part of. */
  readonly transactionHash: string | undefined;
  /** How far the router trusts the publisher, by its own measure; undefined where it does not say. */
  readonly trustlevel: number | undefined;
  /** The scheme that the arguments came encoded in; undefined where they came in the clear. */
  readonly payloadScheme: string | undefined;
  readonly #base: Logger | undefined;
  #log: Logger | undefined;

  constructor(fields: EventFields) {
    this.subscription = fields.subscription;
    this.publication = fields.publication;
    this.topic = fields.topic;
    this.params = fields.params ?? NO_PARAMS;
    this.publisher = fields.publisher;
    this.publisherAuthid = fields.publisherAuthid;
    this.publisherAuthrole = fields.publisherAuthrole;
    this.retained = fields.retained;
    this.forwardFor = fields.forwardFor;
    this.transactionHash = fields.transactionHash;
    this.trustlevel = fields.trustlevel;
    this.payloadScheme = fields.payloadScheme;
    this.#base = fields.log;
  }

  /**
   * The log of the session, with what this event is: each line has `topic` and `publication`, and where the router
   * discloses them `publisher` and `publisherAuthid`, besides `session`, and in a runtime `component` and `realm`.
   */
  get log(): Logger {
    if (this.#log === undefined) {
      const { topic, publication, publisher, publisherAuthid } = this;
      this.#log = (this.#base ?? silent).child(about({ topic, publication, publisher, publisherAuthid }));
    }
    return this.#log;
  }

  /** The same details, but for these fields: what an interceptor hands on to the handler. */
  with(changes: Partial<EventFields>): EventDetails {
    return new EventDetails({ ...this, log: this.#base, ...changes });
  }
}

/** What details of an event say besides what is in its message. */
export interface EventOrigin {
  /** The topic that was subscribed to. */
  readonly topic: string;
  readonly params: Readonly<Dict>;
  readonly log: Logger;
}

/** The details of this event, for one handler. The message is checked: its known keys hold what they should. */
export function eventDetails(event: Event, { topic, params, log }: EventOrigin): EventDetails {
  const { details } = event;
  return new EventDetails({
    subscription: event.subscription,
    publication: event.publication,
    topic: (details.topic as string | undefined) ?? topic,
    params,
    publisher: details.publisher as Id | undefined,
    publisherAuthid: details.publisher_authid as string | undefined,
    publisherAuthrole: details.publisher_authrole as string | undefined,
    retained: details.retained as boolean | undefined,
    forwardFor: details.forward_for as Forwarded[] | undefined,
    transactionHash: details.transaction_hash as string | undefined,
    trustlevel: details.trustlevel as number | undefined,
    payloadScheme: schemeIn(details),
    log,
  });
}
