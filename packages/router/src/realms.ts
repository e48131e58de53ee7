import { ERROR_URIS, ProtocolError } from '@wamp-run/protocol';
import { Realm } from './realm.js';
import { settleRealm } from './realm-options.js';
import type { RouterSettings } from './router-options.js';
import { quoted, uriFault } from './texts.js';

/** The realms of a router: those of its options, and those made on demand, which go when their last session leaves. */
export class Realms {
  readonly #settings: RouterSettings;
  readonly #byName = new Map<string, Realm>();
  readonly #onDemand = new Set<Realm>();

  constructor(settings: RouterSettings) {
    this.#settings = settings;
    for (const realm of settings.realms) this.#byName.set(realm.name, new Realm(realm, settings));
  }

  /** All realms, in the order in which they came to be. */
  all(): Iterable<Realm> {
    return this.#byName.values();
  }

  /** The realm that HELLO asks for. Throws a ProtocolError with ABORT's reason, and what `realmOnDemand` throws. */
  find(name: string): Realm {
    const realm = this.#byName.get(name);
    if (realm !== undefined) return realm;
    const fault = uriFault(name, 'realm', this.#settings.uriRule);
    if (fault !== undefined) throw new ProtocolError(fault, { reason: ERROR_URIS.invalidUri });
    const made = this.#make(name);
    if (made !== undefined) return made;
    throw new ProtocolError(`realm: there is no ${quoted(name)} here`, { reason: ERROR_URIS.noSuchRealm });
  }

  /** A session has left this realm, or could not join it. */
  left(realm: Realm): void {
    if (realm.isEmpty && this.#onDemand.delete(realm)) this.#byName.delete(realm.name);
  }

  #make(name: string): Realm | undefined {
    const options = this.#settings.realmOnDemand?.(name);
    if (options === undefined) return undefined;
    const { realms } = this.#settings.limits;
    if (this.#onDemand.size >= realms) {
      const text = `realm: ${realms} are made on demand already, and no more may be (realms)`;
      throw new ProtocolError(text, { reason: ERROR_URIS.limitExceeded });
    }
    const realm = new Realm(settleRealm({ ...options, name }, 'realmOnDemand', this.#settings.uriRule), this.#settings);
    this.#byName.set(name, realm);
    this.#onDemand.add(realm);
    return realm;
  }
}
