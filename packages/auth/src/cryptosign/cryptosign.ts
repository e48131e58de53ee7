import {
  type ChannelBinding,
  type ClientAuthenticator,
  type ClientLogin,
  checkOptionNames,
  type Dict,
  InvalidConfiguration,
  type LoginContext,
  type Random,
  typeName,
  type Value,
} from '@wamp-run/protocol';
import { fromHex, hex } from '../bytes.js';
import { changedAuthid, refusedChallenge } from '../challenge-refused.js';
import { platformRandom } from '../digests.js';
import { checkFunction, checkOptionalText } from '../settings.js';
import { type CryptosignKey, checkKey, publicKeyText } from './key.js';
import { CHALLENGE_LENGTH, channelIdOf, isBinding, isSigned, messageOf, signed } from './signed-message.js';

/** How to log in by an Ed25519 key. */
export interface CryptosignOptions {
  /** The key: `readPrivateKey`, `keyFromSeed`, `agentKey`. */
  readonly key: CryptosignKey;
  /** Who wants in. Default: the router finds out by the key. */
  readonly authid?: string | undefined;
  /** The role to ask for. A router need not give it. Default: none. */
  readonly authrole?: string | undefined;
  /**
   * Binds the login to its TLS connection, so that nobody between the two can pass it on. `tls-exporter` (RFC 9266) where
   * the router has it, `tls-unique` for Autobahn's and Crossbar.io. Not in a browser. Default: not bound.
   */
  readonly channelBinding?: ChannelBinding | undefined;
  /**
   * The public keys of which the router has to prove one, 64 hexadecimal digits each. Default: the router need not prove
   * itself.
   */
  readonly routerKeys?: readonly string[] | undefined;
  /** The Ethereum address of the trustroot of `certificates`, as it is sent: `0x` and 40 digits. Default: none. */
  readonly trustroot?: string | undefined;
  /** Certificates for this key, as they are sent: this side does not look into them. Default: none. */
  readonly certificates?: readonly Value[] | undefined;
  /** Where the challenge for the router comes from. Default: the platform. */
  readonly random?: Random | undefined;
}

const NAMES = {
  key: true,
  authid: true,
  authrole: true,
  channelBinding: true,
  routerKeys: true,
  trustroot: true,
  certificates: true,
  random: true,
} as const;

/**
 * The client's half of `cryptosign`. A challenge that is bound otherwise than asked for, or a router that does not prove
 * one of `routerKeys`, is not answered (ProtocolError, `WAMP_PROTOCOL_VIOLATION`; the router gets
 * `wamp.error.cannot_authenticate`). Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * cryptosign({ key: readPrivateKey(file), channelBinding: 'tls-exporter', routerKeys: [routerKey] });
 */
export function cryptosign(options: CryptosignOptions): ClientAuthenticator {
  checkOptionNames(options, NAMES, 'cryptosign');
  const { key, authid, authrole, channelBinding, trustroot, certificates, random = platformRandom } = options;
  checkKey(key, 'cryptosign: key');
  checkOptionalText(authid, 'cryptosign: authid');
  checkOptionalText(authrole, 'cryptosign: authrole');
  checkFunction(random, 'cryptosign: random');
  if (channelBinding !== undefined && !isBinding(channelBinding)) {
    throw new InvalidConfiguration('cryptosign: channelBinding: expected tls-exporter or tls-unique');
  }
  const routerKeys = options.routerKeys === undefined ? undefined : keySet(options.routerKeys);
  const fixed = fixedExtra({ key, channelBinding, trustroot, certificates });
  const begin = (): ClientLogin => {
    const challenge = routerKeys === undefined ? undefined : random(CHALLENGE_LENGTH);
    return new CryptosignLogin({ key, channelBinding, routerKeys, challenge, fixed });
  };
  return { method: 'cryptosign', authid, authrole, begin };
}

interface LoginSettings {
  readonly key: CryptosignKey;
  readonly channelBinding: ChannelBinding | undefined;
  readonly routerKeys: ReadonlySet<string> | undefined;
  /** What the router has to sign. */
  readonly challenge: Uint8Array | undefined;
  /** The part of authextra that is the same for every login. */
  readonly fixed: Dict;
}

/** One login: remembers what the router was asked, and whether it has answered. */
class CryptosignLogin implements ClientLogin {
  readonly authextra: Dict;
  readonly #settings: LoginSettings;
  #routerProven = false;

  constructor(settings: LoginSettings) {
    const { fixed, challenge } = settings;
    this.#settings = settings;
    this.authextra = challenge === undefined ? fixed : { ...fixed, challenge: hex(challenge) };
  }

  async onChallenge({ extra }: { extra: Dict }, context: LoginContext): Promise<string> {
    const { key } = this.#settings;
    // What HELLO says holds for all of its methods: another one that is bound binds this one, too.
    const channelBinding = this.#settings.channelBinding ?? context.authextra.channel_binding ?? undefined;
    const challenge = fromHex(extra.challenge, CHALLENGE_LENGTH);
    if (challenge === undefined) throw refusal('the challenge is not 64 hexadecimal digits');
    if ((extra.channel_binding ?? undefined) !== channelBinding) {
      throw refusal('the challenge is bound to the connection in another way than HELLO asks for');
    }
    const channelId = isBinding(channelBinding) ? channelIdOf(context.transport, channelBinding) : undefined;
    if (channelBinding !== undefined && channelId === undefined) {
      throw refusal('this connection has nothing of the kind that HELLO asks to bind the login to');
    }
    this.#verifyRouter(extra, channelId);
    return signed(key, messageOf(challenge, channelId));
  }

  onWelcome(details: Dict, context: LoginContext): string | undefined {
    if (this.#settings.routerKeys !== undefined && !this.#routerProven) {
      return 'the router let the session in without a challenge, and has not proven itself';
    }
    return changedAuthid(details, context);
  }

  #verifyRouter({ pubkey, signature }: Dict, channelId: Uint8Array | undefined): void {
    const { routerKeys, challenge } = this.#settings;
    if (routerKeys === undefined || challenge === undefined) return;
    const publicKey = fromHex(pubkey, 32);
    if (publicKey === undefined || signature === undefined) throw refusal('the router has not proven itself');
    if (!routerKeys.has(hex(publicKey))) throw refusal('the router shows a key that is none of routerKeys');
    if (!isSigned(signature, messageOf(challenge, channelId), publicKey)) {
      throw refusal('the signature of the router is wrong, or over something else than our challenge');
    }
    this.#routerProven = true;
  }
}

function fixedExtra(options: Pick<CryptosignOptions, 'key' | 'channelBinding' | 'trustroot' | 'certificates'>): Dict {
  const { key, channelBinding, trustroot, certificates } = options;
  const extra: Dict = { pubkey: key.publicKey };
  if (channelBinding !== undefined) extra.channel_binding = channelBinding;
  if (trustroot !== undefined) {
    if (typeof trustroot !== 'string' || !/^0x[0-9a-fA-F]{40}$/.test(trustroot)) {
      throw new InvalidConfiguration('cryptosign: trustroot: expected 0x and 40 hexadecimal digits');
    }
    extra.trustroot = trustroot;
  }
  if (certificates !== undefined) {
    if (!Array.isArray(certificates)) {
      throw new InvalidConfiguration(`cryptosign: certificates: expected a list, got ${typeName(certificates)}`);
    }
    if (trustroot === undefined) throw new InvalidConfiguration('cryptosign: certificates: they need a trustroot');
    extra.certificates = [...certificates];
  }
  return extra;
}

function keySet(keys: readonly string[]): ReadonlySet<string> {
  if (!Array.isArray(keys) || keys.length === 0) {
    throw new InvalidConfiguration('cryptosign: routerKeys: expected a list of at least one key');
  }
  return new Set(keys.map((key, index) => publicKeyText(key, `cryptosign: routerKeys[${index}]`)));
}

function refusal(why: string) {
  return refusedChallenge('cryptosign', why);
}
