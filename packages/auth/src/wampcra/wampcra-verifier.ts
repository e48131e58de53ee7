import {
  checkOptionNames,
  InvalidConfiguration,
  type LoginRequest,
  type RouterAuthenticator,
  type RouterLogin,
} from '@wamp-run/protocol';
import { base64, fromBase64, sameBytes, utf8 } from '../bytes.js';
import { Decoys } from '../decoys.js';
import { hmacSha256 } from '../digests.js';
import { CHALLENGE_TIMEOUT, OpenChallenge } from '../open-challenge.js';
import { type Principal, PrincipalDirectory, type Principals } from '../principals.js';
import { checkBytes, checkFunction, checkOptionalText, checkText, checkWhole } from '../settings.js';
import { accepted, DENIED, incomplete, STALE } from '../verdicts.js';

/** Somebody who logs in by WAMP-CRA. */
export interface WampcraPrincipal extends Principal {
  /** The shared secret; where there is a `salt`, the key that `deriveKey` made of it. */
  readonly secret: string;
  /** The salt of `deriveKey`. Default: the secret is not salted. */
  readonly salt?: string | undefined;
  /** The iterations of `deriveKey`, with a salt. Default: 1000. */
  readonly iterations?: number | undefined;
  /** The key's length in bytes, with a salt. Default: 32. */
  readonly keylen?: number | undefined;
}

/** What a challenge shows of a principal before it is proven: made up ones must look like real ones. */
export interface WampcraDecoy {
  /** Default: `user`. */
  readonly authrole?: string | undefined;
  /** Default: `dynamic`. */
  readonly authprovider?: string | undefined;
  /** The length of the salt in letters. Default: secrets are not salted. */
  readonly saltLength?: number | undefined;
  /** Default: 1000. */
  readonly iterations?: number | undefined;
  /** Default: 32. */
  readonly keylen?: number | undefined;
}

/** Whom a router lets in by WAMP-CRA. */
export interface WampcraVerifierOptions {
  /** Who may log in. */
  readonly principals: Principals<WampcraPrincipal>;
  /**
   * What principals of a function mostly look like, so that one that does not exist looks the same. Not used for a list:
   * there a principal that does not exist looks like one of the list.
   */
  readonly decoy?: WampcraDecoy | undefined;
  /**
   * At least 16 bytes that nobody else knows, from which the salts of principals that do not exist are derived. Several
   * routers of one realm, and one router before and after a restart, should have the same. Default: drawn at random.
   */
  readonly decoySecret?: Uint8Array | undefined;
  /** Milliseconds from CHALLENGE within which the answer has to come. Default: 30 000. */
  readonly challengeTimeout?: number | undefined;
  /** The date in the challenge. Default: that of the machine. */
  readonly date?: (() => Date) | undefined;
}

const NAMES = { principals: true, decoy: true, decoySecret: true, challengeTimeout: true, date: true } as const;
const DECOY_NAMES = { authrole: true, authprovider: true, saltLength: true, iterations: true, keylen: true } as const;

/**
 * The router's half of `wampcra`, salted or not. A wrong signature and an authid that does not exist are refused alike,
 * with `wamp.error.authentication_denied`; for the latter the challenge is made up, the same at every attempt but for
 * its nonce. Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * wampcraVerifier({ principals: (authid, realm) => users.find({ authid, realm }) });
 */
export function wampcraVerifier(options: WampcraVerifierOptions): RouterAuthenticator {
  const of = 'wampcraVerifier';
  checkOptionNames(options, NAMES, of);
  const { decoy = {}, decoySecret, challengeTimeout = CHALLENGE_TIMEOUT, date = () => new Date() } = options;
  checkDecoy(decoy, `${of}: decoy`);
  checkBytes(decoySecret, `${of}: decoySecret`, 16);
  checkWhole(challengeTimeout, `${of}: challengeTimeout`, { least: 1 });
  checkFunction(date, `${of}: date`);
  const directory = new PrincipalDirectory(options.principals, checkSecrets, of);
  const means = { directory, decoys: new Decoys(decoySecret), decoy, challengeTimeout, date };
  return { method: 'wampcra', begin: (request) => begin(request, means) };
}

interface Means {
  readonly directory: PrincipalDirectory<WampcraPrincipal>;
  readonly decoys: Decoys;
  readonly decoy: WampcraDecoy;
  readonly challengeTimeout: number;
  readonly date: () => Date;
}

function begin(request: LoginRequest, means: Means): RouterLogin {
  const { authid, realm, clock } = request;
  const { directory } = means;
  const open = new OpenChallenge<{ challenge: string; secret: string; principal: WampcraPrincipal | undefined }>(
    clock,
    means.challengeTimeout,
  );
  return {
    onHello: async () => {
      if (authid === undefined) return incomplete('HELLO names no authid, and a login by wampcra needs one');
      const [madeUp, principal] = await Promise.all([decoyOf(authid, request, means), directory.find(authid, realm)]);
      const shown = principal ?? madeUp;
      const challenge = JSON.stringify({
        authid,
        authrole: shown.authrole,
        authmethod: 'wampcra',
        authprovider: shown.authprovider ?? directory.provider,
        nonce: base64(request.random(24)),
        timestamp: means.date().toISOString(),
        session: request.session,
      });
      open.open({ challenge, secret: shown.secret, principal });
      const { salt, iterations = 1000, keylen = 32 } = shown;
      return {
        outcome: 'challenge',
        extra: salt === undefined ? { challenge } : { challenge, salt, iterations, keylen },
      };
    },
    onAuthenticate: async ({ signature }) => {
      const asked = open.take();
      if (asked === undefined) return STALE;
      const { challenge, secret, principal } = asked;
      const expected = await hmacSha256(utf8(secret), challenge);
      const right = sameBytes(expected, fromBase64(signature) ?? new Uint8Array(0));
      return right && principal !== undefined ? accepted(principal, directory.provider) : DENIED;
    },
  };
}

/** What a principal of this name would look like, if there were one. Made for every login: it takes the same time for all. */
async function decoyOf(authid: string, { realm, random }: LoginRequest, means: Means): Promise<WampcraPrincipal> {
  const { decoys, decoy, directory } = means;
  const here = directory.listed.filter((each) => each.realm === realm);
  const models = here.length > 0 ? here : directory.listed;
  const of = { authid, realm, random };
  const model = models[models.length === 0 ? 0 : await decoys.choose(models.length, of)];
  const like = model === undefined ? decoy : { ...model, saltLength: model.salt?.length };
  const { authrole = 'user', authprovider, saltLength, iterations, keylen } = like;
  const [secret, salt] = await Promise.all([
    decoys.bytes('secret', { ...of, length: 32 }),
    decoys.bytes('salt', { ...of, length: saltLength ?? 16 }),
  ]);
  return {
    authid,
    authrole,
    realm,
    authprovider,
    secret: base64(secret),
    salt: saltLength === undefined ? undefined : base64(salt).slice(0, saltLength),
    iterations,
    keylen,
  };
}

function checkSecrets({ secret, salt, iterations, keylen }: WampcraPrincipal, place: string): void {
  checkText(secret, `${place}.secret`);
  checkOptionalText(salt, `${place}.salt`);
  if (iterations !== undefined) checkWhole(iterations, `${place}.iterations`, { least: 1 });
  if (keylen !== undefined) checkWhole(keylen, `${place}.keylen`, { least: 1, most: 1024 });
  if (salt !== undefined || (iterations === undefined && keylen === undefined)) return;
  throw new InvalidConfiguration(`${place}.salt: iterations and keylen mean nothing without a salt`);
}

function checkDecoy(decoy: WampcraDecoy, place: string): void {
  checkOptionNames(decoy, DECOY_NAMES, place);
  checkOptionalText(decoy.authrole, `${place}.authrole`);
  checkOptionalText(decoy.authprovider, `${place}.authprovider`);
  for (const key of ['saltLength', 'iterations', 'keylen'] as const) {
    if (decoy[key] !== undefined) checkWhole(decoy[key], `${place}.${key}`, { least: 1 });
  }
}
