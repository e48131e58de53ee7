import {
  checkOptionNames,
  ERROR_URIS,
  InvalidConfiguration,
  type LoginDenied,
  type LoginProof,
  type LoginRequest,
  type ProofVerdict,
  type RouterAuthenticator,
  type RouterLogin,
} from '@wamp-run/protocol';
import { base64, fromBase64, sameBytes } from '../bytes.js';
import { Decoys } from '../decoys.js';
import { hmacSha256 } from '../digests.js';
import { CHALLENGE_TIMEOUT, OpenChallenge } from '../open-challenge.js';
import { type Principal, PrincipalDirectory, type Principals } from '../principals.js';
import { checkBytes, checkSwitch, checkWhole } from '../settings.js';
import { accepted, DENIED, incomplete, STALE } from '../verdicts.js';
import { checkCost, type ScramCredential } from './credential.js';
import { KEY_LENGTH, type ScramCost } from './key-derivation.js';
import { provenKey } from './keys.js';
import { AUTOBAHN, type Binding, nonceIn, type ScramProfile, SPECIFIED } from './profile.js';
import { isPreparable } from './saslprep.js';

/** Somebody who logs in by SCRAM, with what `scramCredential` made of the password. */
export interface ScramPrincipal extends Principal, ScramCredential {}

/** Whom a router lets in by SCRAM. */
export interface ScramVerifierOptions {
  /** Who may log in. */
  readonly principals: Principals<ScramPrincipal>;
  /**
   * What the keys of principals of a function mostly cost, so that one that does not exist looks the same. Not used for a
   * list: there a principal that does not exist looks like one of the list. Default: argon2id13, 3 passes over 64 MiB.
   */
  readonly decoy?: ScramCost | undefined;
  /**
   * At least 16 bytes that nobody else knows, from which the salts of principals that do not exist are derived. Several
   * routers of one realm, and one router before and after a restart, should have the same. Default: drawn at random.
   */
  readonly decoySecret?: Uint8Array | undefined;
  /** Milliseconds from CHALLENGE within which the answer has to come. Default: 30 000. */
  readonly challengeTimeout?: number | undefined;
  /** Refuses a login that is not bound to its TLS connection. Only for `wamp-scram`. Default: false. */
  readonly requireChannelBinding?: boolean | undefined;
}

/**
 * The router's half of `wamp-scram`. A wrong proof and an authid that does not exist are refused alike, with
 * `wamp.error.authentication_denied`; for the latter the challenge is made up, the same at every attempt but for its
 * nonce. WELCOME carries the router's own proof. Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * scramVerifier({ principals: [{ authid, authrole, realm, ...(await scramCredential(password)) }] });
 */
export function scramVerifier(options: ScramVerifierOptions): RouterAuthenticator {
  checkOptionNames(options, { ...NAMES, requireChannelBinding: true }, 'scramVerifier');
  return build(options, SPECIFIED, 'scramVerifier');
}

/**
 * The router's half of `scram`, the early draft of Autobahn|Python and Crossbar.io. Principals have what
 * `autobahnScramCredential` made of the password.
 */
export function autobahnScramVerifier(
  options: Omit<ScramVerifierOptions, 'requireChannelBinding'>,
): RouterAuthenticator {
  checkOptionNames(options, NAMES, 'autobahnScramVerifier');
  return build(options, AUTOBAHN, 'autobahnScramVerifier');
}

const NAMES = { principals: true, decoy: true, decoySecret: true, challengeTimeout: true } as const;

interface Means {
  readonly profile: ScramProfile;
  readonly directory: PrincipalDirectory<ScramPrincipal>;
  readonly decoys: Decoys;
  readonly decoy: ScramCost;
  readonly challengeTimeout: number;
  readonly requireChannelBinding: boolean;
}

function build(options: ScramVerifierOptions, profile: ScramProfile, of: string): RouterAuthenticator {
  const { decoySecret, challengeTimeout = CHALLENGE_TIMEOUT, requireChannelBinding = false } = options;
  const { decoy = { kdf: 'argon2id13', iterations: 3, memory: 65_536 } } = options;
  checkOptionNames(decoy, { kdf: true, iterations: true, memory: true }, `${of}: decoy`);
  checkCost(decoy, `${of}: decoy`);
  checkBytes(decoySecret, `${of}: decoySecret`, 16);
  checkWhole(challengeTimeout, `${of}: challengeTimeout`, { least: 1 });
  checkSwitch(requireChannelBinding, `${of}: requireChannelBinding`);
  const directory = new PrincipalDirectory(options.principals, checkCredential, of);
  const decoys = new Decoys(decoySecret);
  const means = { profile, directory, decoys, decoy, challengeTimeout, requireChannelBinding };
  return { method: profile.method, begin: (request) => new ScramCheck(request, means) };
}

interface Asked {
  readonly authid: string;
  readonly clientNonce: string;
  readonly nonce: string;
  readonly binding: Binding | undefined;
  /** Whose proof is expected: the principal, or one made up. */
  readonly credential: ScramCredential;
  readonly principal: ScramPrincipal | undefined;
}

/** One login. */
class ScramCheck implements RouterLogin {
  readonly #request: LoginRequest;
  readonly #means: Means;
  readonly #open: OpenChallenge<Asked>;

  constructor(request: LoginRequest, means: Means) {
    this.#request = request;
    this.#means = means;
    this.#open = new OpenChallenge(request.clock, means.challengeTimeout);
  }

  async onHello(): Promise<ProofVerdict> {
    const { authid, authextra, realm, random } = this.#request;
    const { profile, directory, requireChannelBinding } = this.#means;
    const { method } = profile;
    if (authid === undefined) return incomplete(`HELLO names no authid, and a login by ${method} needs one`);
    if (!(await isPreparable(authid))) {
      return incomplete('the authid has a character that SASLprep (RFC 4013) does not allow');
    }
    const clientNonce = nonceIn(authextra);
    if (clientNonce === undefined)
      return incomplete(`HELLO has no nonce in authextra, and a login by ${method} needs one`);
    const wanted = profile.binds ? (authextra.channel_binding ?? undefined) : undefined;
    const binding = wanted === 'tls-exporter' ? this.#binding() : undefined;
    if (wanted !== undefined && binding === undefined) {
      return scramDenial(
        'unsupported-channel-binding-type',
        'the login cannot be bound in the way that HELLO asks for',
      );
    }
    if (requireChannelBinding && binding === undefined) {
      return scramDenial(
        'server-does-support-channel-binding',
        'a login has to be bound to its connection by tls-exporter',
      );
    }
    const [madeUp, principal] = await Promise.all([this.#decoy(authid), directory.find(authid, realm)]);
    const credential = principal ?? madeUp;
    const nonce = clientNonce + base64(random(16));
    this.#open.open({ authid, clientNonce, nonce, binding, credential, principal });
    const { salt, iterations, memory } = credential;
    const kdf = credential.kdf === 'argon2id13' ? profile.argon2 : credential.kdf;
    const extra = { nonce, salt, kdf, iterations };
    return { outcome: 'challenge', extra: memory === undefined ? extra : { ...extra, memory } };
  }

  async onAuthenticate({ signature, extra }: LoginProof): Promise<ProofVerdict> {
    const { profile, directory } = this.#means;
    const asked = this.#open.take();
    if (asked === undefined) return STALE;
    const { nonce, binding, credential, principal } = asked;
    if (profile.binds && extra.nonce !== nonce) return WRONG_NONCE;
    if (profile.binds && !isBoundBy(extra, binding)) return WRONG_BINDING;
    const { salt, iterations } = credential;
    const authMessage = await profile.authMessage({ ...asked, salt, iterations });
    const storedKey = keyIn(credential.storedKey);
    const given = fromBase64(signature);
    const proof = given?.length === KEY_LENGTH ? given : new Uint8Array(KEY_LENGTH);
    const proven = await provenKey(proof, storedKey, authMessage);
    const verifier = base64(await hmacSha256(keyIn(credential.serverKey), authMessage));
    if (!sameBytes(proven, storedKey) || given?.length !== KEY_LENGTH || principal === undefined) return WRONG_PROOF;
    return accepted(principal, directory.provider, { [profile.verifier]: verifier });
  }

  #binding(): Binding | undefined {
    const data = this.#request.transport.channelId?.('tls-exporter');
    return data === undefined ? undefined : { type: 'tls-exporter', data };
  }

  /** What a principal of this name would have, if there were one. Made for every login: it takes the same time for all. */
  async #decoy(authid: string): Promise<ScramCredential> {
    const { realm, random } = this.#request;
    const { decoys, decoy, directory } = this.#means;
    const here = directory.listed.filter((each) => each.realm === realm);
    const models = here.length > 0 ? here : directory.listed;
    const of = { authid, realm, random };
    const model = models[models.length === 0 ? 0 : await decoys.choose(models.length, of)];
    const { kdf, iterations, memory } = model ?? decoy;
    const length = model === undefined ? 16 : (fromBase64(model.salt)?.length ?? 16);
    const [salt, storedKey, serverKey] = await Promise.all([
      decoys.bytes('salt', { ...of, length }),
      decoys.bytes('stored', { ...of, length: KEY_LENGTH }),
      decoys.bytes('server', { ...of, length: KEY_LENGTH }),
    ]);
    const made = { salt: base64(salt), storedKey: base64(storedKey), serverKey: base64(serverKey) };
    return { kdf, iterations, memory, ...made };
  }
}

/** Whether AUTHENTICATE binds the login to this connection, where HELLO does, and else to none. */
function isBoundBy(extra: LoginProof['extra'], binding: Binding | undefined): boolean {
  const type = extra.channel_binding ?? undefined;
  const data = extra.cbind_data ?? undefined;
  if (binding === undefined) return type === undefined && data === undefined;
  return type === binding.type && sameBytes(fromBase64(data) ?? new Uint8Array(0), binding.data);
}

/** With an error of RFC 5802, section 7, as the specification has it. */
function scramDenial(scram: string, message: string): LoginDenied {
  return { outcome: 'deny', reason: ERROR_URIS.authenticationFailed, message, details: { scram } };
}

const WRONG_PROOF: LoginDenied = { ...DENIED, details: { scram: 'invalid-proof' } };
const WRONG_NONCE: LoginDenied = { ...DENIED, details: { scram: 'other-error' } };
const WRONG_BINDING: LoginDenied = { ...DENIED, details: { scram: 'channel-bindings-dont-match' } };

function keyIn(text: string): Uint8Array {
  return fromBase64(text) ?? new Uint8Array(KEY_LENGTH);
}

function checkCredential(principal: ScramPrincipal, place: string): void {
  checkCost(principal, place);
  if ((fromBase64(principal.salt)?.length ?? 0) < 8) {
    throw new InvalidConfiguration(`${place}.salt: expected base64 of at least 8 bytes`);
  }
  for (const key of ['storedKey', 'serverKey'] as const) {
    if (fromBase64(principal[key])?.length === KEY_LENGTH) continue;
    throw new InvalidConfiguration(`${place}.${key}: expected base64 of 32 bytes, as scramCredential makes it`);
  }
}
