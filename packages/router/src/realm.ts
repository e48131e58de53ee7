import {
  announce,
  type Call,
  type Dict,
  type Id,
  type Logger,
  type Message,
  MessageType,
  nameOf,
  type PlainPayload,
  ProtocolError,
  type Value,
} from '@wamp-run/protocol';
import type { ForgottenAnswers } from './authorization/answer-cache.js';
import { Guard, type Guarded } from './authorization/guard.js';
import { saysDisclosure } from './authorization/rule.js';
import { Broker } from './broker/broker.js';
import { Dealer } from './dealer/dealer.js';
import type { DisclosureOf } from './disclosure.js';
import { featuresOf } from './features.js';
import { History } from './history/history.js';
import type { MetaApi } from './meta/meta-api.js';
import { metaApiOf } from './meta/meta-api-of.js';
import { MetaEvents } from './meta/meta-events.js';
import type { RealmSettings } from './realm-options.js';
import { RouterCaller } from './router-caller.js';
import type { RouterSettings } from './router-options.js';
import type { DropCount, Session } from './session.js';
import { SCOPES } from './testaments.js';

/** How much there is in a realm at one moment. */
export interface RealmCounts {
  /** The realm's name. */
  readonly realm: string;
  /** Sessions that are joined. */
  readonly sessions: number;
  /** Topics and patterns that have at least one subscriber. */
  readonly subscriptions: number;
  /** Procedures and patterns that are registered. */
  readonly registrations: number;
  /** Calls that are not answered yet. */
  readonly calls: number;
  /** Events that are retained. */
  readonly retained: number;
  /** Events that were not delivered, since the realm is there, because too much waited for their receivers. */
  readonly dropped: number;
}

/** Sessions that can reach each other, and the broker and the dealer between them. */
export class Realm {
  readonly name: string;
  /** What WELCOME announces here. */
  readonly roles: Dict;
  /** Counts the events that its sessions did not get. */
  readonly drops: DropCount = { dropped: 0 };
  readonly #sessions = new Map<Id, Session>();
  readonly #broker: Broker;
  readonly #dealer: Dealer;
  readonly #meta: MetaApi;
  readonly #events: MetaEvents;
  readonly #log: Logger;
  /** Undefined where everybody may do everything. */
  readonly #guard: Guard | undefined;
  readonly #callAsRouter: () => RouterCaller;
  #router: RouterCaller | undefined;

  constructor(realm: RealmSettings, router: RouterSettings) {
    const { disclosure, trustLevel } = realm;
    const { clock, random, uriRule, limits, wallTime } = router;
    const wallTimeOf = (clockTime: number) => wallTime() - (clock.now() - clockTime);
    this.name = realm.name;
    this.roles = announce(featuresOf(realm));
    this.#log = router.log.child({ realm: realm.name });
    this.#events = new MetaEvents({
      announce: (topic, payload) => this.#broker.announce(topic, payload),
      wallTimeOf,
      enabled: realm.metaApi !== 'none',
    });
    this.#callAsRouter = () => {
      this.#router ??= new RouterCaller({ dealer: this.#dealer, clock, random, log: this.#log });
      return this.#router;
    };
    this.#guard = this.#guardOf(realm, router);
    const guard = this.#guard;
    const discloses = realm.roles?.some(({ rules }) => rules.some(saysDisclosure)) === true;
    const disclosureOf: DisclosureOf | undefined =
      guard !== undefined && discloses ? (action, uri, peer) => guard.disclosureOf(action, uri, peer) : undefined;
    const history = realm.history && new History(realm.name, realm.history, this.#log);
    const events = this.#events;
    this.#broker = new Broker({
      random,
      uriRule,
      wallTime,
      limits,
      disclosure,
      disclosureOf,
      trustLevel,
      history,
      events: events.subscriptions,
    });
    this.#dealer = new Dealer({
      clock,
      random,
      uriRule,
      limits,
      disclosure,
      disclosureOf,
      trustLevel,
      events: events.registrations,
    });
    this.#meta = metaApiOf({
      sessions: this.#sessions,
      broker: this.#broker,
      dealer: this.#dealer,
      events,
      history,
      limits,
      wallTimeOf,
      extent: realm.metaApi,
    });
  }

  /** Whether nobody is joined. */
  get isEmpty(): boolean {
    return this.#sessions.size === 0;
  }

  /** Whether sessions may have this role here. */
  hasRole(authrole: string): boolean {
    return this.#guard === undefined || this.#guard.hasRole(authrole);
  }

  /** Calls a procedure in the name of the router. See `RouterCaller.ask`. */
  ask(procedure: string, args: Value[], timeout: number): Promise<PlainPayload> {
    return this.#callAsRouter().ask(procedure, args, timeout);
  }

  /** Answers of its authorizer are forgotten. */
  forgetAnswers(what: ForgottenAnswers): void {
    this.#guard?.forget(what);
  }

  /** A session joins; the others hear of it. */
  join(session: Session): void {
    this.#sessions.set(session.id, session);
    this.#openToDirectCalls(session);
    this.#events.joined(session);
  }

  /** In the process of the router, calls can do without messages. */
  #openToDirectCalls(session: Session): void {
    const { inProcess } = session;
    if (inProcess === undefined) return;
    const guard = this.#guard;
    const mayCall = (procedure: string) => guard === undefined || guard.mayAlwaysCall(procedure, session);
    session.routes = this.#dealer.directRoutes(session, mayCall);
    inProcess.router = session.routes;
  }

  /** The session is over, however it ended: all that it had is gone when this returns, and its testaments are published. */
  leave(session: Session): void {
    session.end();
    session.routes?.end();
    this.#sessions.delete(session.id);
    this.#guard?.leave(session);
    this.#broker.leave(session.subscriber);
    this.#dealer.leave(session.caller, session.callee);
    for (const scope of SCOPES) {
      for (const { topic, options, payload } of session.testaments.take(scope)) {
        const refusal = this.#broker.publishFor(session, topic, options, payload);
        if (refusal !== undefined) session.log.warn({ topic }, `a testament was not published: ${refusal.text}`);
      }
    }
    this.#events.left(session);
  }

  /** Routes a message of a joined session, at once. Throws a ProtocolError where the session broke the protocol. */
  receive(session: Session, message: Message): void {
    if (session.held === undefined || this.#guard?.holdsBack(message, session) !== true) this.#route(session, message);
  }

  #route(session: Session, message: Message): void {
    switch (message.type) {
      case MessageType.PUBLISH:
        session.requests.take(message);
        this.#perform(session, message);
        break;
      case MessageType.SUBSCRIBE:
        session.requests.take(message);
        this.#perform(session, message);
        break;
      case MessageType.UNSUBSCRIBE:
        session.requests.take(message);
        this.#broker.unsubscribe(message, session.subscriber);
        break;
      case MessageType.CALL:
        if (this.#dealer.proceed(message, session.caller)) break;
        session.requests.take(message);
        this.#perform(session, message);
        break;
      case MessageType.CANCEL:
        this.#dealer.cancel(message, session.caller);
        break;
      case MessageType.REGISTER:
        session.requests.take(message);
        this.#perform(session, message);
        break;
      case MessageType.UNREGISTER:
        session.requests.take(message);
        this.#dealer.unregister(message, session.callee);
        break;
      case MessageType.YIELD:
        this.#dealer.yield(message, session.callee);
        break;
      case MessageType.ERROR:
        this.#dealer.error(message, session.callee);
        break;
      default:
        throw new ProtocolError(`received ${nameOf(message)}, which is not for broker or dealer`);
    }
  }

  /** Does what a message asks for, where its session may ask for it. */
  #perform(session: Session, message: Guarded): void {
    if (this.#guard === undefined || this.#guard.admits(message, session)) this.#act(session, message);
  }

  #act(session: Session, message: Guarded): void {
    switch (message.type) {
      case MessageType.PUBLISH:
        this.#broker.publish(message, session.subscriber);
        break;
      case MessageType.SUBSCRIBE:
        this.#broker.subscribe(message, session.subscriber);
        break;
      case MessageType.CALL:
        if (!this.#answers(message, session)) this.#dealer.call(message, session.caller);
        break;
      case MessageType.REGISTER:
        this.#dealer.register(message, session.callee);
        break;
    }
  }

  #guardOf({ name, roles, authorizer }: RealmSettings, { clock, limits, uriRule }: RouterSettings): Guard | undefined {
    if (roles === undefined && authorizer === undefined) return undefined;
    return new Guard({
      realm: name,
      roles,
      authorizer,
      clock,
      limits,
      uriRule,
      log: this.#log,
      router: this.#callAsRouter,
      perform: (message, session) => this.#act(session, message),
      route: (message, session) => this.#route(session, message),
    });
  }

  /** Whether this is a call of the router's own procedures, which then is answered. None of them takes a call in parts. */
  #answers(message: Call, session: Session): boolean {
    return (
      message.procedure.startsWith('wamp.') && message.options.progress !== true && this.#meta.call(message, session)
    );
  }

  counts(): RealmCounts {
    return {
      realm: this.name,
      sessions: this.#sessions.size,
      subscriptions: this.#broker.subscriptions.size,
      registrations: this.#dealer.registrations.size,
      calls: this.#dealer.calls,
      retained: this.#broker.retained,
      dropped: this.drops.dropped,
    };
  }
}
