import type { Listener, Listening, PlainPayload, Transport, Value } from '@wamp-run/protocol';
import { Admission } from './admission.js';
import { Attachment, type AttachmentHost } from './attachment.js';
import { Listenings } from './listenings.js';
import type { RealmCounts } from './realm.js';
import { Realms } from './realms.js';
import { type RouterOptions, settle } from './router-options.js';
import { SessionIds } from './session-ids.js';
import { checkTimeout } from './timeout.js';

/** How much there is in a router at one moment. */
export interface RouterCounts {
  /** Transports that are attached, joined or not. */
  readonly transports: number;
  /** Of each realm, in the order of the options, those made on demand last. */
  readonly realms: readonly RealmCounts[];
}

/** How a router calls a procedure. */
export interface AskOptions {
  /** Default: none. */
  readonly args?: Value[];
  /** Milliseconds within which there is an answer. Default 5 000. */
  readonly timeout?: number;
}

/** Which answers of authorizers are to be forgotten. Default: all. */
export interface ForgetOptions {
  readonly realm?: string;
  /** Those for this principal; where answers are kept for roles, all of them. */
  readonly authid?: string;
  /** Those for this role. */
  readonly authrole?: string;
}

/**
 * A WAMP router: broker and dealer for clients on any transport. The basic profile, and of the advanced profile what
 * WELCOME announces. Clients join anonymously unless there are `authenticators`, and may do everything unless there are
 * `roles` or an `authorizer`.
 *
 * It routes synchronously, in the order in which messages come in, and reads no payload.
 *
 * @example
 * const router = new Router({ realms: ['shop'], clock, random });
 * await router.listen(listener);
 * // …
 * await router.close();
 */
export class Router {
  readonly #attachments = new Set<Attachment>();
  readonly #admission: Admission;
  readonly #listenings: Listenings;
  readonly #host: AttachmentHost;
  #closing: Promise<void> | undefined;

  /** Throws InvalidConfiguration, naming the option that is wrong. */
  constructor(options: RouterOptions) {
    const settings = settle(options);
    this.#admission = new Admission('sessions', settings.limits);
    this.#listenings = new Listenings(settings.log);
    this.#host = {
      settings,
      realms: new Realms(settings),
      sessionIds: new SessionIds(settings.random),
      handshakes: new Admission('handshakes', settings.limits),
      detached: (attachment) => {
        this.#attachments.delete(attachment);
        this.#admission.leave(attachment.address);
      },
    };
  }

  /**
   * Takes a transport, on which a client will say HELLO within `handshakeTimeout`. The router starts it and closes it.
   * Where that is one client too many (`limits.sessions`, `limits.handshakes`, and those of one address), it gets ABORT
   * `wamp.error.limit_exceeded`. Once the router is closed, such a client gets ABORT `wamp.close.system_shutdown`.
   */
  attach(transport: Transport): void {
    const attachment = new Attachment(transport, this.#host);
    const tooManyClients = this.#admission.enter(attachment.address);
    const tooManyHandshakes = attachment.beginHandshake();
    this.#attachments.add(attachment);
    attachment.start();
    const tooMany = tooManyClients ?? tooManyHandshakes;
    if (tooMany !== undefined) attachment.turnAway(tooMany);
    if (this.#closing !== undefined) void attachment.shutDown();
  }

  /**
   * Listens, and attaches every transport that comes in. What it resolves with can be closed apart; whatever is still
   * open closes with the router.
   *
   * Rejects with what the listener rejects with, and with InvalidConfiguration where the router is closed.
   */
  listen(listener: Listener): Promise<Listening> {
    return this.#listenings.open(listener, (transport) => this.attach(transport));
  }

  /**
   * Ends: takes no more connections, tells every session GOODBYE `wamp.close.system_shutdown`, waits up to `closeTimeout`
   * for theirs, and closes the transports. Resolves when all of them are closed and every port is free. Any number of times.
   */
  close(): Promise<void> {
    this.#closing ??= this.#shutDown();
    return this.#closing;
  }

  /**
   * Calls a procedure in a realm, as the router itself: no rule and no authorizer is asked. For what decides on logins,
   * such as principals that a service knows.
   *
   * Rejects with an ApplicationError for ERROR, with a Timeout where there is no answer in time, with a SerializationError
   * where the result cannot be read, with a ProtocolError where there is no such realm,
   * and with InvalidConfiguration for a timeout that is none.
   *
   * @example
   * const find = async (authid: string, realm: string) =>
   *   (await router.ask(realm, 'com.auth.principal', { args: [authid] })).args[0];
   */
  async ask(realm: string, procedure: string, options: AskOptions = {}): Promise<PlainPayload> {
    const { args = [], timeout = 5_000 } = options;
    return this.#host.realms.ask(realm, { procedure, args, timeout: checkTimeout('timeout', timeout, 1) });
  }

  /**
   * Forgets what authorizers have answered: something that they went by has changed. What is asked from now on is asked
   * anew.
   */
  forgetAuthorizations({ realm, authid, authrole }: ForgetOptions = {}): void {
    for (const each of this.#host.realms.all()) {
      if (realm === undefined || each.name === realm) each.forgetAnswers({ authid, authrole });
    }
  }

  /** What there is now: for health checks, metrics and tests. Costs a few numbers for each realm. */
  counts(): RouterCounts {
    const realms = [...this.#host.realms.all()].map((realm) => realm.counts());
    return { transports: this.#attachments.size, realms };
  }

  async #shutDown(): Promise<void> {
    const free = this.#listenings.closeAll();
    const gone = [...this.#attachments].map((attachment) => attachment.shutDown());
    await Promise.all([free, ...gone]);
    // Whoever came in while that went on was refused at once, and is on the way out.
    await Promise.all([...this.#attachments].map((attachment) => attachment.shutDown()));
  }
}
