import type { Listener, Listening, Transport } from '@wamp-run/protocol';
import { Admission } from './admission.js';
import { Attachment, type AttachmentHost } from './attachment.js';
import { Listenings } from './listenings.js';
import type { RealmCounts } from './realm.js';
import { Realms } from './realms.js';
import { type RouterOptions, settle } from './router-options.js';
import { SessionIds } from './session-ids.js';

/** How much there is in a router at one moment. */
export interface RouterCounts {
  /** Transports that are attached, joined or not. */
  readonly transports: number;
  /** Of each realm, in the order of the options, those made on demand last. */
  readonly realms: readonly RealmCounts[];
}

/**
 * A WAMP router: broker and dealer for clients on any transport. The basic profile, and of the advanced profile what
 * WELCOME announces. Clients join anonymously.
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
    this.#admission = new Admission(settings.limits);
    this.#listenings = new Listenings(settings.log);
    this.#host = {
      settings,
      realms: new Realms(settings),
      sessionIds: new SessionIds(settings.random),
      detached: (attachment) => {
        this.#attachments.delete(attachment);
        this.#admission.leave(attachment.address);
      },
    };
  }

  /**
   * Takes a transport, on which a client will say HELLO within `handshakeTimeout`. The router starts it and closes it.
   * Where that is one client too many (`limits.sessions`, `limits.sessionsPerAddress`), it gets ABORT
   * `wamp.error.limit_exceeded`. Once the router is closed, such a client gets ABORT `wamp.close.system_shutdown`.
   */
  attach(transport: Transport): void {
    const attachment = new Attachment(transport, this.#host);
    const tooMany = this.#admission.enter(attachment.address);
    this.#attachments.add(attachment);
    attachment.start();
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
