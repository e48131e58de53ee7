import {
  type ChannelBinding,
  checkOptionNames,
  InvalidConfiguration,
  type LoginProof,
  type LoginRequest,
  type ProofVerdict,
  type RouterAuthenticator,
  type RouterLogin,
  type Value,
} from '@wamp-run/protocol';
import { fromHex, hex } from '../bytes.js';
import { CHALLENGE_TIMEOUT, OpenChallenge } from '../open-challenge.js';
import { checkedList, checkPrincipal, type Found, type Principal } from '../principals.js';
import { checkSwitch, checkWhole } from '../settings.js';
import { accepted, DENIED, incomplete, STALE } from '../verdicts.js';
import { type CryptosignKey, checkKey, publicKeyText } from './key.js';
import { CHALLENGE_LENGTH, channelIdOf, isBinding, isSigned, messageOf, signed } from './signed-message.js';

/** Somebody who logs in by an Ed25519 key. */
export interface CryptosignPrincipal extends Principal {
  /** Its public keys, 64 hexadecimal digits each: any of them will do. */
  readonly publicKeys: readonly string[];
}

/** What a client says of itself. Nothing of it is proven, except, where a principal is let in, that it has the key. */
export interface CryptosignClaim {
  /** 64 lower-case hexadecimal digits. */
  readonly publicKey: string;
  /** Undefined where HELLO names none. */
  readonly authid: string | undefined;
  /** The realm in HELLO. */
  readonly realm: string;
  /** The trustroot in authextra, unchecked. */
  readonly trustroot: Value | undefined;
  /** The certificates in authextra, unchecked: whoever trusts them verifies them. */
  readonly certificates: Value | undefined;
}

/** Who may log in: a list, or a function that is asked at every login, and names the key of the claim among `publicKeys`. */
export type CryptosignPrincipals =
  | readonly CryptosignPrincipal[]
  | ((claim: CryptosignClaim) => Found<CryptosignPrincipal>);

/** Whom a router lets in by an Ed25519 key. */
export interface CryptosignVerifierOptions {
  /** Who may log in. */
  readonly principals: CryptosignPrincipals;
  /**
   * The key by which the router proves itself to clients that ask for it. It signs whatever 32 bytes a client sends, so
   * use it for nothing else. Default: the router does not prove itself.
   */
  readonly key?: CryptosignKey | undefined;
  /** Milliseconds from CHALLENGE within which the answer has to come. Default: 30 000. */
  readonly challengeTimeout?: number | undefined;
  /** Refuses a login that is not bound to its TLS connection. Default: false. */
  readonly requireChannelBinding?: boolean | undefined;
}

const NAMES = { principals: true, key: true, challengeTimeout: true, requireChannelBinding: true } as const;

/**
 * The router's half of `cryptosign`. Every key is challenged; a wrong signature, one over something else than the
 * challenge, and a key that nobody has, are refused alike, with `wamp.error.authentication_denied`. The authid may be left
 * out: the key tells. Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * cryptosignVerifier({ principals: [{ authid, authrole, realm, publicKeys: [readPublicKey(line)] }], key: routerKey });
 */
export function cryptosignVerifier(options: CryptosignVerifierOptions): RouterAuthenticator {
  const of = 'cryptosignVerifier';
  checkOptionNames(options, NAMES, of);
  const { principals, key, challengeTimeout = CHALLENGE_TIMEOUT, requireChannelBinding = false } = options;
  if (key !== undefined) checkKey(key, `${of}: key`);
  checkWhole(challengeTimeout, `${of}: challengeTimeout`, { least: 1 });
  checkSwitch(requireChannelBinding, `${of}: requireChannelBinding`);
  const means: Means = {
    find: typeof principals === 'function' ? asked(principals) : listed(checkedList(principals, checkKeys, of), of),
    provider: typeof principals === 'function' ? 'dynamic' : 'static',
    key,
    challengeTimeout,
    requireChannelBinding,
  };
  return { method: 'cryptosign', begin: (request) => new CryptosignCheck(request, means) };
}

type Find = (claim: CryptosignClaim) => Promise<CryptosignPrincipal | undefined>;

interface Means {
  readonly find: Find;
  readonly provider: string;
  readonly key: CryptosignKey | undefined;
  readonly challengeTimeout: number;
  readonly requireChannelBinding: boolean;
}

interface Asked {
  readonly message: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** One login. */
class CryptosignCheck implements RouterLogin {
  readonly #request: LoginRequest;
  readonly #means: Means;
  readonly #open: OpenChallenge<Asked>;

  constructor(request: LoginRequest, means: Means) {
    this.#request = request;
    this.#means = means;
    this.#open = new OpenChallenge(request.clock, means.challengeTimeout);
  }

  async onHello(): Promise<ProofVerdict> {
    const { authextra, transport, random } = this.#request;
    const { key, requireChannelBinding } = this.#means;
    const publicKey = fromHex(authextra.pubkey, 32);
    if (publicKey === undefined) {
      return incomplete(
        'HELLO has no pubkey in authextra (64 hexadecimal digits), and a login by cryptosign needs one',
      );
    }
    const wanted = authextra.channel_binding ?? undefined;
    const channelId = isBinding(wanted) ? channelIdOf(transport, wanted) : undefined;
    if (wanted !== undefined && channelId === undefined) {
      return incomplete('the login cannot be bound to this connection in the way that HELLO asks for');
    }
    if (requireChannelBinding && channelId === undefined) {
      return incomplete('a login has to be bound to its connection: HELLO has no channel_binding in authextra');
    }
    const forRouter = authextra.challenge ?? undefined;
    const theirs = fromHex(forRouter, CHALLENGE_LENGTH);
    if (forRouter !== undefined && theirs === undefined) {
      return incomplete('the challenge for the router, in authextra, is not 64 hexadecimal digits');
    }
    const challenge = random(CHALLENGE_LENGTH);
    this.#open.open({ message: messageOf(challenge, channelId), publicKey });
    const extra = { challenge: hex(challenge), ...bindingExtra(wanted as ChannelBinding | undefined) };
    if (key === undefined || theirs === undefined) return { outcome: 'challenge', extra };
    const signature = await signed(key, messageOf(theirs, channelId));
    return { outcome: 'challenge', extra: { ...extra, pubkey: key.publicKey, signature } };
  }

  async onAuthenticate({ signature }: LoginProof): Promise<ProofVerdict> {
    const { authid, realm, authextra } = this.#request;
    const asked = this.#open.take();
    if (asked === undefined) return STALE;
    const { message, publicKey } = asked;
    const { trustroot, certificates } = authextra;
    const principal = await this.#means.find({ publicKey: hex(publicKey), authid, realm, trustroot, certificates });
    const right = isSigned(signature, message, publicKey);
    return right && principal !== undefined ? accepted(principal, this.#means.provider) : DENIED;
  }
}

function bindingExtra(type: ChannelBinding | undefined) {
  return type === undefined ? {} : { channel_binding: type };
}

/** Whether this is who the client claims to be: the key, the realm, and the authid where one is named. */
function fits(principal: CryptosignPrincipal, { publicKey, authid, realm }: CryptosignClaim): boolean {
  if (principal.realm !== realm || (authid !== undefined && principal.authid !== authid)) return false;
  return principal.publicKeys.some((key) => key.toLowerCase() === publicKey);
}

function asked(principals: (claim: CryptosignClaim) => Found<CryptosignPrincipal>): Find {
  return async (claim) => {
    const found = await principals(claim);
    if (found === undefined || found === null) return undefined;
    checkPrincipal(found, checkKeys, 'principals: what the function gave');
    return fits(found, claim) ? found : undefined;
  };
}

function listed(principals: readonly CryptosignPrincipal[], of: string): Find {
  const byKey = new Map<string, CryptosignPrincipal>();
  for (const principal of principals) {
    for (const key of new Set(principal.publicKeys.map((each) => each.toLowerCase()))) {
      const name = `${principal.realm} ${key}`;
      if (byKey.has(name)) {
        throw new InvalidConfiguration(`${of}: principals: two in one realm have the public key ${key}`);
      }
      byKey.set(name, principal);
    }
  }
  return async (claim) => {
    const found = byKey.get(`${claim.realm} ${claim.publicKey}`);
    return found !== undefined && fits(found, claim) ? found : undefined;
  };
}

function checkKeys({ publicKeys }: CryptosignPrincipal, place: string): void {
  if (!Array.isArray(publicKeys) || publicKeys.length === 0) {
    throw new InvalidConfiguration(`${place}.publicKeys: expected a list of at least one key`);
  }
  for (const [index, key] of publicKeys.entries()) publicKeyText(key, `${place}.publicKeys[${index}]`);
}
