import { ERROR_URIS, type PlainPayload, ProtocolError, type RouterAuthenticator, type Value } from '@wamp-run/protocol';
import { anonymous } from './login/anonymous.js';
import { procedureAuthenticators } from './login/procedure-authenticator.js';
import { Realm } from './realm.js';
import { type RealmSettings, settleRealm } from './realm-options.js';
import type { RouterSettings } from './router-options.js';
import { quoted, uriFault } from './texts.js';

/** The way into a realm. */
export interface Entrance {
  readonly authenticators: readonly RouterAuthenticator[];
  /** Of a realm that is not made yet. */
  readonly settings?: RealmSettings;
}

/** The realms of a router: those of its options, and those made on demand, which go when their last session leaves. */
export class Realms {
  readonly #settings: RouterSettings;
  readonly #byName = new Map<string, Realm>();
  readonly #onDemand = new Set<Realm>();
  readonly #authenticators = new Map<string, readonly RouterAuthenticator[]>();

  constructor(settings: RouterSettings) {
    this.#settings = settings;
    for (const realm of settings.realms) {
      this.#byName.set(realm.name, new Realm(realm, settings));
      this.#authenticators.set(realm.name, this.#authenticatorsFor(realm));
    }
  }

  /** All realms, in the order in which they came to be. */
  all(): Iterable<Realm> {
    return this.#byName.values();
  }

  /**
   * How clients log in to the realm that HELLO asks for, which is not made for that. Throws a ProtocolError with ABORT's
   * reason, and what `realmOnDemand` throws.
   */
  entranceOf(name: string): Entrance {
    const authenticators = this.#authenticators.get(name);
    if (authenticators !== undefined) return { authenticators };
    const settings = this.#settingsOnDemand(name);
    return { authenticators: this.#authenticatorsFor(settings), settings };
  }

  /**
   * The realm that a client joins, which came through this entrance; it need not be the one that it asked for. Throws as
   * `entranceOf` does.
   */
  enter(name: string, { settings }: Entrance): Realm {
    const realm = this.#byName.get(name);
    if (realm !== undefined) return realm;
    return this.#make(settings?.name === name ? settings : this.#settingsOnDemand(name));
  }

  /** Calls a procedure in the name of the router. Rejects as `RouterCaller.ask` does, and where there is no such realm. */
  async ask(
    name: string,
    { procedure, args, timeout }: { procedure: string; args: Value[]; timeout: number },
  ): Promise<PlainPayload> {
    const realm = this.#byName.get(name);
    if (realm === undefined) throw noSuchRealm(name);
    return realm.ask(procedure, args, timeout);
  }

  /** A session has left this realm, or could not join it. */
  left(realm: Realm): void {
    if (!realm.isEmpty || !this.#onDemand.delete(realm)) return;
    this.#byName.delete(realm.name);
    this.#authenticators.delete(realm.name);
  }

  #authenticatorsFor({ authenticators, authenticator }: RealmSettings): readonly RouterAuthenticator[] {
    const listed = authenticators ?? this.#settings.authenticators;
    if (authenticator === undefined) return listed ?? [anonymous];
    const others = listed?.filter(({ method }) => !(authenticator.methods as readonly string[]).includes(method));
    return [...procedureAuthenticators(authenticator, (name, call) => this.ask(name, call)), ...(others ?? [])];
  }

  #settingsOnDemand(name: string): RealmSettings {
    const fault = uriFault(name, 'realm', this.#settings.uriRule);
    if (fault !== undefined) throw new ProtocolError(fault, { reason: ERROR_URIS.invalidUri });
    const options = this.#settings.realmOnDemand?.(name);
    if (options === undefined) throw noSuchRealm(name);
    return settleRealm({ ...options, name }, 'realmOnDemand', this.#settings.uriRule);
  }

  #make(settings: RealmSettings): Realm {
    const { realms } = this.#settings.limits;
    if (this.#onDemand.size >= realms) {
      const text = `realm: ${realms} are made on demand already, and no more may be (realms)`;
      throw new ProtocolError(text, { reason: ERROR_URIS.limitExceeded });
    }
    const realm = new Realm(settings, this.#settings);
    this.#byName.set(settings.name, realm);
    this.#authenticators.set(settings.name, this.#authenticatorsFor(settings));
    this.#onDemand.add(realm);
    return realm;
  }
}

function noSuchRealm(name: string): ProtocolError {
  return new ProtocolError(`realm: there is no ${quoted(name)} here`, { reason: ERROR_URIS.noSuchRealm });
}
