import type { Clock, Id, MatchPolicy } from '@wamp-run/protocol';
import type { AuthorizationCacheOptions, AuthorizationRequest } from './authorizer.js';
import type { Action } from './rule.js';

interface Answer {
  readonly allow: boolean;
  /** When it is forgotten: milliseconds of the router's clock. */
  readonly until: number;
}

/** Of one session, or of one role: its answers by action, and by URI or pattern. */
interface Answers {
  readonly authrole: string;
  /** Undefined where they are those of a role. */
  readonly authid: string | undefined;
  readonly byAction: Readonly<Record<Action, Map<string, Answer>>>;
}

/** Which answers are to be forgotten. */
export interface ForgottenAnswers {
  readonly authid?: string | undefined;
  readonly authrole?: string | undefined;
}

/** Answers of an authorizer that still hold: so many at most, the oldest asker's go first. */
export class AnswerCache {
  readonly #settings: Required<AuthorizationCacheOptions>;
  readonly #clock: Clock;
  readonly #byOwner = new Map<Id | string, Answers>();
  #size = 0;
  #generation = 0;

  constructor(settings: Required<AuthorizationCacheOptions>, clock: Clock) {
    this.#settings = settings;
    this.#clock = clock;
  }

  /** How many answers are kept. */
  get size(): number {
    return this.#size;
  }

  /** Changes when answers are forgotten on purpose: what was asked before that is not kept. */
  get generation(): number {
    return this.#generation;
  }

  /** Undefined where there is no answer, or none that holds any more. */
  get({ session, authrole, action, uri, match }: AuthorizationRequest): boolean | undefined {
    const answers = this.#byOwner.get(this.#settings.by === 'session' ? session : authrole);
    const answer = answers?.byAction[action].get(keyOf(uri, match));
    return answer === undefined || answer.until <= this.#clock.now() ? undefined : answer.allow;
  }

  put({ session, authid, authrole, action, uri, match }: AuthorizationRequest, allow: boolean): void {
    const bySession = this.#settings.by === 'session';
    const owner = bySession ? session : authrole;
    let answers = this.#byOwner.get(owner);
    const known = answers?.byAction[action].has(keyOf(uri, match)) === true;
    if (!known) {
      if (this.#size >= this.#settings.size) this.#dropOldest();
      this.#size++;
      // The oldest may have been the last of this owner.
      answers = this.#byOwner.get(owner);
    }
    if (answers === undefined) {
      answers = { authrole, authid: bySession ? authid : undefined, byAction: emptyAnswers() };
      this.#byOwner.set(owner, answers);
    }
    answers.byAction[action].set(keyOf(uri, match), { allow, until: this.#clock.now() + this.#settings.ttl });
  }

  /** The session is over. */
  leave(session: Id): void {
    if (this.#settings.by === 'session') this.#drop(session);
  }

  /** Something has changed for these; without a name, for all. */
  forget({ authid, authrole }: ForgottenAnswers): void {
    this.#generation++;
    for (const [owner, answers] of this.#byOwner) {
      if (authrole !== undefined && answers.authrole !== authrole) continue;
      // Whose answers those of a role are cannot be told: they go.
      if (authid !== undefined && answers.authid !== undefined && answers.authid !== authid) continue;
      this.#drop(owner);
    }
  }

  #drop(owner: Id | string): void {
    const answers = this.#byOwner.get(owner);
    if (answers === undefined) return;
    this.#byOwner.delete(owner);
    for (const { size } of Object.values(answers.byAction)) this.#size -= size;
  }

  #dropOldest(): void {
    for (const [owner, { byAction }] of this.#byOwner) {
      for (const answers of Object.values(byAction)) {
        for (const key of answers.keys()) {
          answers.delete(key);
          this.#size--;
          if (isEmpty(byAction)) this.#byOwner.delete(owner);
          return;
        }
      }
    }
  }
}

/** No URI has white space. */
function keyOf(uri: string, match: MatchPolicy): string {
  return match === 'exact' ? uri : `${match} ${uri}`;
}

function emptyAnswers(): Answers['byAction'] {
  return { call: new Map(), register: new Map(), publish: new Map(), subscribe: new Map() };
}

function isEmpty(byAction: Answers['byAction']): boolean {
  return Object.values(byAction).every(({ size }) => size === 0);
}
