import {
  type ClientAuthenticator,
  type ClientLogin,
  checkOptionNames,
  type Dict,
  InvalidConfiguration,
  isDict,
  type LoginAnswer,
  type LoginContext,
  type Random,
} from '@wamp-run/protocol';
import { base64, fromBase64, sameBytes } from '../bytes.js';
import { changedAuthid, refusedChallenge } from '../challenge-refused.js';
import { type CostRange, costFault, costRange } from '../cost-range.js';
import { hmacSha256, platformRandom } from '../digests.js';
import { checkSecret, type Secret, secretOf } from '../secret.js';
import { checkFunction, checkOptionalText, checkText } from '../settings.js';
import { deriveScramKey, type ScramCost } from './key-derivation.js';
import { clientProof, keysOf } from './keys.js';
import { AUTOBAHN, type Binding, nonceIn, type ScramProfile, SPECIFIED } from './profile.js';

/** What a router may ask this side to compute. What is left out has its default. */
export interface ScramLimits {
  /** PBKDF2's iterations. Default: 4096 (RFC 7677) to 2 000 000. */
  readonly pbkdf2?: Partial<CostRange> | undefined;
  /** Argon2's memory in KiB. Default: 7168 to 262 144; for Autobahn's profile from 512. */
  readonly memory?: Partial<CostRange> | undefined;
  /** Argon2's passes times its memory in KiB. Default: 35 840 to 4 194 304; for Autobahn's profile from 16 384. */
  readonly work?: Partial<CostRange> | undefined;
}

/** How to log in by Autobahn's `scram`. */
export interface AutobahnScramOptions {
  /** Who wants in. */
  readonly authid: string;
  /** The password. It never travels. */
  readonly password: Secret;
  /** The role to ask for. A router need not give it. Default: none. */
  readonly authrole?: string | undefined;
  /** What a router may ask this side to compute. */
  readonly limits?: ScramLimits | undefined;
  /** Where nonces come from. Default: the platform. */
  readonly random?: Random | undefined;
}

/** How to log in by `wamp-scram`. */
export interface ScramOptions extends AutobahnScramOptions {
  /**
   * Binds the login to its TLS connection (RFC 9266), so that nobody between the two can pass it on. Needs TLS 1.3, and a
   * platform that gives the value: not a browser. Default: not bound.
   */
  readonly channelBinding?: 'tls-exporter' | undefined;
}

/**
 * The client's half of `wamp-scram`. The router proves that it knows the password's keys, too: a WELCOME without that is
 * refused. So is a challenge whose nonce does not begin with ours, or that asks for too little or too much work
 * (ProtocolError, `WAMP_PROTOCOL_VIOLATION`; the router gets `wamp.error.cannot_authenticate`).
 * Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * scram({ authid: 'peter', password, channelBinding: 'tls-exporter' });
 */
export function scram(options: ScramOptions): ClientAuthenticator {
  checkOptionNames(options, { ...NAMES, channelBinding: true }, 'scram');
  const { channelBinding } = options;
  if (channelBinding !== undefined && channelBinding !== 'tls-exporter') {
    throw new InvalidConfiguration('scram: channelBinding: expected tls-exporter; the others of RFC 5929 are not here');
  }
  const work = { memory: { least: 7_168, most: 262_144 }, work: { least: 35_840, most: 4_194_304 } };
  return build(options, {
    of: 'scram',
    profile: SPECIFIED,
    limits: limitsOf(options.limits, work, 'scram'),
    channelBinding,
  });
}

/**
 * The client's half of `scram`, the early draft that Autobahn|Python and Crossbar.io have in place of `wamp-scram`. The
 * same holds as for `scram` of this package, except that it cannot be bound to a connection.
 */
export function autobahnScram(options: AutobahnScramOptions): ClientAuthenticator {
  checkOptionNames(options, NAMES, 'autobahnScram');
  const work = { memory: { least: 512, most: 262_144 }, work: { least: 16_384, most: 4_194_304 } };
  const limits = limitsOf(options.limits, work, 'autobahnScram');
  return build(options, { of: 'autobahnScram', profile: AUTOBAHN, limits, channelBinding: undefined });
}

const NAMES = { authid: true, password: true, authrole: true, limits: true, random: true } as const;
const PBKDF2: CostRange = { least: 4_096, most: 2_000_000 };

type Limits = { readonly [K in keyof ScramLimits]-?: CostRange };

function limitsOf(limits: ScramLimits = {}, standard: Pick<Limits, 'memory' | 'work'>, of: string): Limits {
  checkOptionNames(limits, { pbkdf2: true, memory: true, work: true }, `${of}: limits`);
  return {
    pbkdf2: costRange(limits.pbkdf2, PBKDF2, `${of}: limits.pbkdf2`),
    memory: costRange(limits.memory, standard.memory, `${of}: limits.memory`),
    work: costRange(limits.work, standard.work, `${of}: limits.work`),
  };
}

interface Settings {
  readonly of: string;
  readonly profile: ScramProfile;
  readonly limits: Limits;
  readonly channelBinding: 'tls-exporter' | undefined;
}

function build(options: AutobahnScramOptions, settings: Settings): ClientAuthenticator {
  const { of, profile, limits, channelBinding } = settings;
  const { authid, authrole, password, random = platformRandom } = options;
  checkText(authid, `${of}: authid`);
  checkOptionalText(authrole, `${of}: authrole`);
  checkSecret(password, `${of}: password`);
  checkFunction(random, `${of}: random`);
  const getPassword = () => secretOf(password, `${of}: password`);
  return {
    method: profile.method,
    authid,
    authrole,
    begin: () => new ScramLogin({ authid, profile, limits, channelBinding, getPassword, nonce: base64(random(16)) }),
  };
}

interface LoginSettings extends Omit<Settings, 'of'> {
  readonly authid: string;
  readonly nonce: string;
  readonly getPassword: () => Promise<string>;
}

/** One login: remembers its nonce, and what the router has to sign. */
class ScramLogin implements ClientLogin {
  readonly authextra: Dict;
  readonly #settings: LoginSettings;
  /** The signature that WELCOME has to show. */
  #owed: Uint8Array | undefined;

  constructor(settings: LoginSettings) {
    const { nonce, channelBinding } = settings;
    this.#settings = settings;
    this.authextra = channelBinding === undefined ? { nonce } : { nonce, channel_binding: channelBinding };
  }

  async onChallenge({ extra }: { extra: Dict }, context: LoginContext): Promise<LoginAnswer> {
    const { authid, profile, nonce: clientNonce, getPassword } = this.#settings;
    this.#owed = undefined;
    const nonce = nonceIn(extra);
    if (nonce === undefined || !nonce.startsWith(clientNonce) || nonce.length === clientNonce.length) {
      throw this.#refusal('the nonce in the challenge does not begin with ours, or adds nothing to it');
    }
    const cost = this.#costIn(extra);
    const salt = fromBase64(extra.salt);
    if (salt === undefined || salt.length < 8) throw this.#refusal('the salt is no base64 of at least 8 bytes');
    const binding = this.#bindingOf(context);
    const { iterations } = cost;
    const exchange = { authid, clientNonce, nonce, salt: extra.salt as string, iterations, binding };
    const authMessage = await profile.authMessage(exchange);
    const key = await deriveScramKey(await profile.password(await getPassword()), salt, cost);
    const keys = await keysOf(profile.saltedPassword(key, cost.kdf));
    this.#owed = await hmacSha256(keys.serverKey, authMessage);
    const signature = base64(await clientProof(keys, authMessage));
    if (!profile.binds) return signature;
    const [type, data] = binding === undefined ? [null, null] : [binding.type, base64(binding.data)];
    return { signature, extra: { nonce, channel_binding: type, cbind_data: data } };
  }

  onWelcome(details: Dict, context: LoginContext): string | undefined {
    const owed = this.#owed;
    this.#owed = undefined;
    if (owed === undefined) return 'the router let the session in without a challenge, and has not proven itself';
    const { verifier } = this.#settings.profile;
    const shown = isDict(details.authextra) ? details.authextra[verifier] : undefined;
    const signature = fromBase64(typeof shown === 'string' ? shown.replace(/^v=/, '') : undefined);
    if (signature === undefined) return `the router has not proven itself: authextra.${verifier} is not there`;
    if (!sameBytes(signature, owed)) return `the router has not proven itself: authextra.${verifier} is wrong`;
    return changedAuthid(details, context);
  }

  #costIn(extra: Dict): ScramCost {
    const { profile, limits } = this.#settings;
    const { kdf, iterations } = extra;
    const memory = extra.memory ?? undefined;
    if (kdf === 'pbkdf2') {
      const fault = costFault(iterations, 'PBKDF2 iterations', limits.pbkdf2);
      if (fault !== undefined) throw this.#refusal(fault);
      return { kdf, iterations: iterations as number };
    }
    if (kdf !== profile.argon2) throw this.#refusal(`the key derivation is neither ${profile.argon2} nor pbkdf2`);
    const passes = { least: 1, most: limits.work.most };
    const fault =
      costFault(iterations, 'Argon2 iterations', passes) ??
      costFault(memory, 'Argon2 memory (KiB)', limits.memory) ??
      costFault((iterations as number) * (memory as number), 'Argon2 iterations times memory (KiB)', limits.work);
    if (fault !== undefined) throw this.#refusal(fault);
    return { kdf: 'argon2id13', iterations: iterations as number, memory: memory as number };
  }

  /** What HELLO says holds for all of its methods: another one that is bound binds this one, too. */
  #bindingOf({ transport, authextra }: LoginContext): Binding | undefined {
    const { profile, channelBinding } = this.#settings;
    const type = channelBinding ?? authextra.channel_binding ?? undefined;
    if (type === undefined || !profile.binds) return undefined;
    if (type !== 'tls-exporter') throw this.#refusal('HELLO asks for a binding that this method does not have');
    const data = transport.channelId?.(type);
    if (data === undefined) throw this.#refusal(`this connection has no ${type} to bind the login to`);
    return { type, data };
  }

  #refusal(why: string) {
    return refusedChallenge(this.#settings.profile.method, why);
  }
}
