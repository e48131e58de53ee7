import {
  type Call,
  type Clock,
  decoded,
  ERROR_URIS,
  type Logger,
  type MatchPolicy,
  type Message,
  MessageType,
  ProtocolError,
  type Publish,
  type Register,
  type Subscribe,
  type UriRule,
} from '@wamp-run/protocol';
import type { Disclosure } from '../dealer/dealer-options.js';
import type { Peer } from '../peer.js';
import { isPromiseLike } from '../promise-like.js';
import { type Refusal, refuse } from '../refuse.js';
import type { RouterLimits } from '../router-limits.js';
import type { Session } from '../session.js';
import { quoted } from '../texts.js';
import type { ForgottenAnswers } from './answer-cache.js';
import { Asked, type Asking } from './asked.js';
import type { AuthorizerSettings } from './authorizer.js';
import { Held } from './held.js';
import type { Action, RoleSettings } from './rule.js';
import { RuleSet } from './rule-set.js';

/** A message that somebody may or may not send. */
export type Guarded = Call | Publish | Register | Subscribe;

/** What a guard is made of. */
export interface GuardOptions extends Asking {
  readonly realm: string;
  readonly roles: readonly RoleSettings[] | undefined;
  readonly authorizer: AuthorizerSettings | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: RouterLimits;
  readonly uriRule: UriRule;
  /** Does what an allowed message asks for. */
  readonly perform: (message: Guarded, session: Session) => void;
  /** Routes a message that was held back. */
  readonly route: (message: Message, session: Session) => void;
}

/** May it: yes, or why not. */
type Verdict = true | Refusal;

/** Where a session leaves messages that are published after its end. */
const ADD_TESTAMENT = 'wamp.session.add_testament';

const VERBS: Record<Action, string> = {
  call: 'call',
  register: 'register',
  publish: 'publish to',
  subscribe: 'subscribe to',
};

/**
 * Decides what the sessions of a realm may do: first by the rules of their role; where those say nothing, an authorizer
 * is asked, where there is one. What the rules decide costs no promise and no closure.
 */
export class Guard {
  readonly #options: GuardOptions;
  readonly #rules: ReadonlyMap<string, RuleSet> | undefined;
  readonly #asked: Asked | undefined;

  constructor(options: GuardOptions) {
    const { roles, authorizer } = options;
    this.#options = options;
    this.#rules = roles && new Map(roles.map(({ name, rules }) => [name, new RuleSet(rules)]));
    this.#asked = authorizer && new Asked(authorizer, options);
  }

  /** Whether sessions may have this role here. */
  hasRole(authrole: string): boolean {
    return this.#rules === undefined || this.#asked !== undefined || this.#rules.has(authrole);
  }

  /**
   * Whether a message may be acted on now. Otherwise it is refused and answered, or held until the authorizer has
   * answered.
   */
  admits(message: Guarded, session: Session): boolean {
    const verdict = this.#judge(message, session);
    if (verdict === true) return true;
    if (isPromiseLike(verdict)) this.#hold(message, session, verdict);
    else refused(message, session, verdict);
    return false;
  }

  /**
   * Whether a message has to wait, since the authorizer was asked about an earlier one of its session. Answers to
   * invocations do not: the authorizer itself may be waiting for one. They are in no order with what is asked.
   */
  holdsBack(message: Message, session: Session): boolean {
    const { held } = session;
    if (held === undefined || message.type === MessageType.YIELD || message.type === MessageType.ERROR) return false;
    const { heldMessages, heldBytes } = this.#options.limits;
    held.add(message);
    if (held.size > heldMessages || held.bytes > heldBytes) {
      const text = `${held.size} messages with ${held.bytes} bytes wait for an authorizer, and no more may (heldMessages, heldBytes)`;
      throw new ProtocolError(text, { reason: ERROR_URIS.limitExceeded });
    }
    return true;
  }

  /** How a caller or publisher is disclosed, where a rule says it; undefined where none does. */
  disclosureOf(action: 'call' | 'publish', uri: string, peer: Peer): Disclosure | undefined {
    const rule = this.#rules?.get(peer.identity.authrole)?.find(uri);
    return action === 'call' ? rule?.discloseCaller : rule?.disclosePublisher;
  }

  /** Whether a rule lets a session call a procedure, so that nobody needs to be asked. */
  mayAlwaysCall(procedure: string, { identity }: Session): boolean {
    return this.#rules?.get(identity.authrole)?.allows('call', procedure, 'exact') === true;
  }

  /** Answers that were given are forgotten: something that they went by has changed. */
  forget(what: ForgottenAnswers): void {
    this.#asked?.forget(what);
  }

  /** The session is over. */
  leave(session: Session): void {
    this.#asked?.leave(session);
    if (session.held === undefined) return;
    session.held.ended = true;
    session.held = undefined;
  }

  #judge(message: Guarded, session: Session): Verdict | Promise<Verdict> {
    switch (message.type) {
      case MessageType.PUBLISH:
        return this.#decide('publish', message.topic, 'exact', session);
      case MessageType.CALL: {
        const verdict = this.#decide('call', message.procedure, 'exact', session);
        return message.procedure === ADD_TESTAMENT ? this.#testament(message, session, verdict) : verdict;
      }
      case MessageType.REGISTER:
        return this.#decide('register', message.procedure, matchOf(message), session);
      case MessageType.SUBSCRIBE:
        return this.#decide('subscribe', message.topic, matchOf(message), session);
    }
  }

  /** What is published at the end of a session is allowed or not when the session leaves it here. */
  #testament(message: Call, session: Session, verdict: Verdict | Promise<Verdict>): Verdict | Promise<Verdict> {
    const publication = () => {
      const topic = topicOf(message);
      return topic === undefined || this.#decide('publish', topic, 'exact', session);
    };
    if (isPromiseLike(verdict)) return verdict.then((settled) => (settled === true ? publication() : settled));
    return verdict === true ? publication() : verdict;
  }

  #decide(action: Action, uri: string, match: MatchPolicy, session: Session): Verdict | Promise<Verdict> {
    const ruled = this.#rules?.get(session.identity.authrole)?.allows(action, uri, match);
    if (ruled === true) return true;
    if (ruled === false || this.#asked === undefined) return denied(action, uri, session);
    const answer = this.#asked.ask(action, uri, match, session);
    if (answer === true) return true;
    if (answer === false) return denied(action, uri, session);
    if (!isPromiseLike(answer)) return answer;
    return answer.then((settled) => (settled === false ? denied(action, uri, session) : settled));
  }

  #hold(message: Guarded, session: Session, verdict: Promise<Verdict>): void {
    session.held ??= new Held();
    const { held } = session;
    held.waiting = true;
    verdict.then(
      (settled) => this.#resume(message, session, { held, verdict: settled }),
      (error: unknown) => session.abort(error),
    );
  }

  /** The answer is there: on with its message, and with those behind it until there is another to wait for. */
  #resume(message: Guarded, session: Session, { held, verdict }: { held: Held; verdict: Verdict }): void {
    if (held.ended) return;
    held.waiting = false;
    try {
      if (verdict === true) this.#options.perform(message, session);
      else refused(message, session, verdict);
      while (!held.waiting && !held.ended) {
        const next = held.take();
        if (next === undefined) {
          session.held = undefined;
          held.afterwards?.();
          return;
        }
        this.#options.route(next, session);
      }
    } catch (error) {
      session.abort(error);
    }
  }
}

function refused(message: Guarded, session: Session, refusal: Refusal): void {
  // The other parts of this call may be on their way.
  if (message.type === MessageType.CALL && message.options.progress === true) {
    session.caller.late.expect(message.request);
  }
  if (message.type !== MessageType.PUBLISH || message.options.acknowledge === true) refuse(session, message, refusal);
  else session.log.debug({ error: refusal.error }, `PUBLISH dropped: ${refusal.text}`);
}

function denied(action: Action, uri: string, { identity }: Session): Refusal {
  const text = `the role ${quoted(identity.authrole)} may not ${VERBS[action]} ${quoted(uri)}`;
  return { error: ERROR_URIS.notAuthorized, text };
}

/** A policy that is none is refused where the message is acted on; until then it counts as the widest. */
function matchOf({ options }: Register | Subscribe): MatchPolicy {
  const { match } = options;
  if (match === undefined || match === null) return 'exact';
  return match === 'exact' || match === 'wildcard' ? match : 'prefix';
}

/** Undefined where the testament will be refused for having none. */
function topicOf({ payload }: Call): string | undefined {
  try {
    const topic = decoded(payload).args[0];
    return typeof topic === 'string' ? topic : undefined;
  } catch {
    return undefined;
  }
}
