// Longer than 300 lines: one transport has one order of events, from its handshake to its end, and one table for them.

import {
  type Abort,
  type Authenticate,
  abortMessage,
  CLOSE_REASONS,
  type Closed,
  challengeMessage,
  type Dict,
  ERROR_URIS,
  type Goodbye,
  goodbyeMessage,
  type Hello,
  type Id,
  isDict,
  type Logger,
  type LoginAccepted,
  type Message,
  MessageType,
  type PeerRoles,
  ProtocolError,
  routerTable,
  SessionMachine,
  type Transport,
  type TransportHandler,
  welcomeMessage,
} from '@wamp-run/protocol';
import type { Admission } from './admission.js';
import { Deadline } from './deadline.js';
import { authmethodsOf, claimsOf, offeredBy, rolesOf } from './handshake.js';
import { Login, type LoginOutcome } from './login/login.js';
import type { Realm } from './realm.js';
import type { Entrance, Realms } from './realms.js';
import type { RouterSettings } from './router-options.js';
import { type Outlet, Session } from './session.js';
import type { SessionIds } from './session-ids.js';
import { quoted } from './texts.js';

/** What an attachment needs of its router. */
export interface AttachmentHost {
  readonly settings: RouterSettings;
  readonly realms: Realms;
  readonly sessionIds: SessionIds;
  /** Counts the clients that have not joined yet. */
  readonly handshakes: Admission;
  /** The transport is gone. */
  detached(attachment: Attachment): void;
}

/** A client between HELLO and WELCOME. */
interface Applicant {
  readonly id: Id;
  readonly roles: PeerRoles;
  readonly entrance: Entrance;
  readonly login: Login;
}

/** A client between WELCOME and its end. */
interface Joined {
  readonly session: Session;
  readonly realm: Realm;
  readonly onLeave: LoginAccepted['onLeave'];
}

const SHUT_DOWN = 'the router shuts down';

/** One transport: the session on it, and after GOODBYE both ways perhaps another. */
export class Attachment implements TransportHandler, Outlet, LoginOutcome {
  readonly #transport: Transport;
  readonly #host: AttachmentHost;
  readonly #machine = new SessionMachine(routerTable);
  readonly #log: Logger;
  readonly #deadline: Deadline;
  // Made when somebody waits for it.
  #gone: Promise<void> | undefined;
  #resolveGone: (() => void) | undefined;
  #joined: Joined | undefined;
  #applicant: Applicant | undefined;
  /** Counted among those that have not joined yet. */
  #halfOpen = false;
  #hadSession = false;
  /** Something has come from the client since the idle deadline was last looked at. */
  #heard = false;
  /** Nothing is sent or taken any more: the transport is closing or closed. */
  #over = false;
  /** The transport is closed. */
  #detached = false;

  constructor(transport: Transport, host: AttachmentHost) {
    this.#transport = transport;
    this.#host = host;
    this.#deadline = new Deadline(host.settings.clock);
    this.#log = host.settings.log.child({ peer: transport.details.peer, wire: transport.details.wire });
  }

  /** The client's network address; undefined where it has none. */
  get address(): string | undefined {
    return this.#transport.details.address;
  }

  /** Counts this client among those that have not joined yet. Returns why it must go again; undefined where it may stay. */
  beginHandshake(): string | undefined {
    this.#halfOpen = true;
    return this.#host.handshakes.enter(this.address);
  }

  /** Begins to listen for HELLO. */
  start(): void {
    const { handshakeTimeout } = this.#host.settings;
    this.#deadline.set(handshakeTimeout, () => {
      this.abort(new ProtocolError(`no HELLO within ${handshakeTimeout} ms`, { reason: ERROR_URIS.timeout }));
    });
    this.#transport.start(this);
  }

  /** Bytes that wait to be read by the client. */
  get queuedBytes(): number {
    return this.#transport.queuedBytes;
  }

  message(message: Message): void {
    if (this.#over) return;
    this.#heard = true;
    try {
      this.#machine.receive(message.type);
      this.#take(message);
    } catch (error) {
      // ABORT is never answered, not even where it may not come.
      if (message.type === MessageType.ABORT) this.#hangUp();
      else this.abort(error);
    }
  }

  closed(why: Closed): void {
    if (this.#detached) return;
    this.#detached = true;
    this.#over = true;
    this.#deadline.callOff();
    this.#machine.lose();
    if (why.error !== undefined) this.#log.warn({ err: why.error }, `transport failed: ${why.reason}`);
    this.#endHandshake();
    this.#leave(why.reason);
    this.#host.detached(this);
    this.#resolveGone?.();
  }

  heard(): void {
    this.#heard = true;
  }

  /** The session's way out. Throws what the transport throws, and a ProtocolError where the session may not send this now. */
  send(message: Message): void {
    this.#machine.send(message.type);
    this.#transport.send(message);
  }

  /** The router closes: says so, waits for GOODBYE for a time, and hangs up. Resolves when the transport is gone. */
  shutDown(): Promise<void> {
    if (this.#over) return this.#whenGone();
    if (this.#joined !== undefined) {
      this.dismiss(CLOSE_REASONS.systemShutdown, SHUT_DOWN);
    } else if (this.#machine.state === 'closed' || this.#applicant !== undefined) {
      // HELLO may be on its way; a client that has said GOODBYE expects nothing more.
      if (!this.#hadSession || this.#applicant !== undefined)
        this.#sendLast(abortMessage(CLOSE_REASONS.systemShutdown, { message: SHUT_DOWN }));
      this.#hangUp();
    }
    return this.#whenGone();
  }

  #whenGone(): Promise<void> {
    if (this.#detached) return Promise.resolve();
    this.#gone ??= new Promise((resolve) => {
      this.#resolveGone = resolve;
    });
    return this.#gone;
  }

  /** The session ends by the will of somebody else: GOODBYE, and a time for the client's. */
  dismiss(reason: string, message: string | undefined): void {
    if (this.#joined === undefined) return;
    this.#leave(reason);
    this.#deadline.set(this.#host.settings.closeTimeout, () => this.#hangUp());
    this.#sendLast(goodbyeMessage(reason, message === undefined ? {} : { message }));
  }

  /** The transport is one too many: ABORT before anything else. */
  turnAway(text: string): void {
    this.abort(new ProtocolError(text, { reason: ERROR_URIS.limitExceeded }));
  }

  #take(message: Message): void {
    switch (message.type) {
      case MessageType.HELLO:
        this.#hello(message);
        break;
      case MessageType.AUTHENTICATE:
        this.#authenticate(message);
        break;
      case MessageType.GOODBYE:
        this.#goodbye(message);
        break;
      case MessageType.ABORT:
        this.#aborted(message);
        break;
      default:
        // Without a session, GOODBYE is out, and this was on its way before the client knew.
        this.#joined?.realm.receive(this.#joined.session, message);
    }
  }

  #hello(hello: Hello): void {
    const { settings, realms, sessionIds } = this.#host;
    const { clock, random, loginTimeout } = settings;
    const tooMany = this.#halfOpen ? undefined : this.beginHandshake();
    if (tooMany !== undefined) throw new ProtocolError(tooMany, { reason: ERROR_URIS.limitExceeded });
    const roles = rolesOf(hello);
    const entrance = realms.entranceOf(hello.realm);
    const authmethods = authmethodsOf(hello);
    const offered = offeredBy(authmethods, entrance.authenticators);
    const id = sessionIds.take();
    const transport = this.#transport.details;
    const request = {
      session: id,
      realm: hello.realm,
      authmethods,
      ...claimsOf(hello),
      roles,
      transport,
      clock,
      random,
    };
    const login = new Login(request, offered, this);
    this.#applicant = { id, roles, entrance, login };
    this.#deadline.set(loginTimeout, () => {
      this.abort(new ProtocolError(`no login within ${loginTimeout} ms`, { reason: ERROR_URIS.timeout }));
    });
    login.begin();
  }

  #authenticate({ signature, extra }: Authenticate): void {
    // A wire has looked at this; a client in the same program may say anything.
    if (typeof signature !== 'string') throw new ProtocolError('AUTHENTICATE[1] signature: expected string');
    this.#applicant?.login.prove({ signature, extra: isDict(extra) ? extra : {} });
  }

  challenge(method: string, extra: Dict): void {
    this.send(challengeMessage(method, extra));
  }

  accept({ realm: name, authextra, onLeave, ...accepted }: LoginAccepted & { readonly authmethod: string }): void {
    const { settings, realms } = this.#host;
    if (this.#applicant === undefined) return;
    const { id, roles, entrance } = this.#applicant;
    const { authid, authrole, authmethod, authprovider } = accepted;
    const identity = { authid, authrole, authmethod, authprovider };
    const realm = realms.enter(name, entrance);
    if (!realm.hasRole(authrole)) {
      realms.left(realm);
      const text = `realm: ${quoted(name)} has no role ${quoted(authrole)}`;
      throw new ProtocolError(text, { reason: ERROR_URIS.noSuchRole });
    }
    this.#applicant = undefined;
    this.#endHandshake();
    this.#watch();
    const log = this.#log.child({ realm: realm.name, session: id });
    const { serializer } = this.#transport.details;
    const session = new Session({
      id,
      identity,
      roles,
      serializer,
      log,
      outlet: this,
      inProcess: this.#transport.inProcess,
      strictRequestIds: settings.strictRequestIds,
      bounds: settings.outgoing,
      drops: realm.drops,
    });
    this.#hadSession = true;
    this.#joined = { session, realm, onLeave };
    const extra = authextra === undefined ? {} : { authextra };
    this.send(
      welcomeMessage(id, { roles: realm.roles, agent: settings.agent, realm: realm.name, ...identity, ...extra }),
    );
    realm.join(session);
    log.debug({ authid }, 'session joined');
  }

  refuse(reason: string, details: Dict, cause?: unknown): void {
    if (this.#over) return;
    if (cause === undefined) this.#log.warn({ reason }, 'login refused');
    else this.#log.error({ reason, err: cause }, 'login refused: its authenticator failed');
    this.#sendLast(abortMessage(reason, details));
    this.#hangUp();
  }

  /** The client has joined, or never will. */
  #endHandshake(): void {
    if (this.#halfOpen) this.#host.handshakes.leave(this.address);
    this.#halfOpen = false;
    this.#endLogin();
  }

  #endLogin(): void {
    if (this.#applicant === undefined) return;
    const { login, id } = this.#applicant;
    this.#applicant = undefined;
    login.end();
    this.#host.sessionIds.release(id);
  }

  /** From now on the client must not be silent for longer than `idleTimeout`: looked at once in that time. */
  #watch(): void {
    const { idleTimeout } = this.#host.settings;
    this.#deadline.callOff();
    if (idleTimeout === 0) return;
    this.#heard = false;
    this.#deadline.set(idleTimeout, () => {
      if (this.#heard) this.#watch();
      else this.dismiss(CLOSE_REASONS.idle, `nothing came within ${idleTimeout} ms (idleTimeout)`);
    });
  }

  #goodbye(message: Goodbye): void {
    // GOODBYE was sent before, by `dismiss`: this is the answer to it, or has crossed it and counts as one.
    if (this.#machine.state === 'closed') {
      this.#hangUp();
      return;
    }
    const session = this.#joined?.session;
    if (session?.held !== undefined) {
      // What was sent before it comes before it; the client no longer hears what becomes of that.
      session.held.afterwards = () => this.#out(message);
      session.end();
      this.#deadline.set(this.#host.settings.closeTimeout, () => this.#out(message));
      return;
    }
    this.#out(message);
  }

  #out(message: Goodbye): void {
    this.#leave(message.reason);
    this.send(goodbyeMessage(CLOSE_REASONS.goodbyeAndOut));
    this.#deadline.set(this.#host.settings.closeTimeout, () => this.#hangUp());
  }

  #aborted(message: Abort): void {
    this.#leave(message.reason);
    this.#hangUp();
    this.#log.warn({ reason: message.reason, text: quoted(message.details.message) }, 'the client aborted its session');
  }

  /** Ends the session with ABORT: everything that it had goes at once, and nothing more is taken from this client. */
  abort(error: unknown): void {
    if (this.#over) return;
    const violation = error instanceof ProtocolError ? error : undefined;
    if (violation === undefined) this.#log.error({ err: error }, 'session aborted: an error inside the router');
    else this.#log.warn({ reason: violation.reason }, `session aborted: ${violation.message}`);
    const reason = violation?.reason ?? ERROR_URIS.runtimeError;
    this.#leave(reason);
    this.#sendLast(abortMessage(reason, { message: violation?.message ?? 'an error inside the router' }));
    this.#hangUp();
  }

  /** The session on this transport, if there is one, is over. */
  #leave(reason: string): void {
    if (this.#joined === undefined) return;
    const { session, realm, onLeave } = this.#joined;
    this.#joined = undefined;
    this.#host.sessionIds.release(session.id);
    realm.leave(session);
    this.#host.realms.left(realm);
    session.log.debug({ reason }, 'session left');
    try {
      onLeave?.(reason);
    } catch (err) {
      session.log.error({ err }, "a login's onLeave failed");
    }
  }

  /** For what ends a session: where it cannot be sent, the end comes all the same. */
  #sendLast(message: Abort | Goodbye): void {
    try {
      this.send(message);
    } catch (error) {
      this.#log.warn({ err: error }, 'the last message of a session could not be sent');
      this.#hangUp();
    }
  }

  #hangUp(): void {
    if (this.#over) return;
    this.#over = true;
    this.#endLogin();
    this.#deadline.callOff();
    this.#transport.close().catch((error: unknown) => {
      this.closed({ clean: false, reason: 'it could not be closed', error: error as Error });
    });
  }
}
