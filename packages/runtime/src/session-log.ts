import { type Id, Logger } from '@wamp-run/protocol';

/** The session that there is now, for all loggers of a component. */
interface Present {
  session: Id | undefined;
}

/** A component's log: while there is a session, every line has its id. Its children follow. */
export class SessionLog extends Logger {
  readonly #plain: Logger;
  readonly #present: Present;
  /** The logger with the session's id, made once for each session. */
  #withSession: Logger;
  #session: Id | undefined;

  constructor(plain: Logger, present: Present = { session: undefined }) {
    super();
    this.#plain = plain;
    this.#withSession = plain;
    this.#present = present;
  }

  /** From here on lines are of this session; undefined: of none. */
  setSession(session: Id | undefined): void {
    this.#present.session = session;
  }

  trace(fields: object | string, text?: string): void {
    const log = this.#log;
    if (typeof fields === 'string') log.trace(fields);
    else log.trace(fields, text);
  }
  debug(fields: object | string, text?: string): void {
    const log = this.#log;
    if (typeof fields === 'string') log.debug(fields);
    else log.debug(fields, text);
  }
  info(fields: object | string, text?: string): void {
    const log = this.#log;
    if (typeof fields === 'string') log.info(fields);
    else log.info(fields, text);
  }
  warn(fields: object | string, text?: string): void {
    const log = this.#log;
    if (typeof fields === 'string') log.warn(fields);
    else log.warn(fields, text);
  }
  error(fields: object | string, text?: string): void {
    const log = this.#log;
    if (typeof fields === 'string') log.error(fields);
    else log.error(fields, text);
  }

  /** Of fields that name a session, they are of that one, whichever there is later: a call that outlives its session. */
  child(fields: object): Logger {
    if ('session' in fields) return this.#plain.child(fields);
    return new SessionLog(this.#plain.child(fields), this.#present);
  }

  get #log(): Logger {
    const { session } = this.#present;
    if (session !== this.#session) {
      this.#session = session;
      this.#withSession = session === undefined ? this.#plain : this.#plain.child({ session });
    }
    return this.#withSession;
  }
}
