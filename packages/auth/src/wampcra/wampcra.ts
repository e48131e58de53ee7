import {
  type ClientAuthenticator,
  checkOptionNames,
  type Dict,
  type LoginChallenge,
  type LoginContext,
} from '@wamp-run/protocol';
import { changedAuthid, refusedChallenge } from '../challenge-refused.js';
import { type CostRange, costFault, costRange } from '../cost-range.js';
import { checkSecret, type Secret, secretOf } from '../secret.js';
import { checkOptionalText, checkText } from '../settings.js';
import { deriveKey, signChallenge } from './signature.js';

/** How to log in by WAMP-CRA. */
export interface WampcraOptions {
  /** Who wants in. */
  readonly authid: string;
  /** The secret that this side and the router share. Where the router has it salted, the secret before salting. */
  readonly secret: Secret;
  /** The role to ask for. A router need not give it. Default: none. */
  readonly authrole?: string | undefined;
  /** The PBKDF2 iterations that this side accepts of a router. Default: 1 000 to 2 000 000. */
  readonly iterations?: Partial<CostRange> | undefined;
}

const ITERATIONS: CostRange = { least: 1_000, most: 2_000_000 };
const KEY_LENGTH: CostRange = { least: 16, most: 64 };

/**
 * The client's half of `wampcra`: signs a challenge with a shared secret, salted or not. A challenge that names another
 * authid than ours, or asks for too little or too much work, is not answered (ProtocolError, `WAMP_PROTOCOL_VIOLATION`;
 * the router gets `wamp.error.cannot_authenticate`). Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * wampcra({ authid: 'peter', secret: () => vault.secretOf('peter') });
 */
export function wampcra(options: WampcraOptions): ClientAuthenticator {
  checkOptionNames(options, { authid: true, secret: true, authrole: true, iterations: true }, 'wampcra');
  const { authid, authrole, secret } = options;
  checkText(authid, 'wampcra: authid');
  checkOptionalText(authrole, 'wampcra: authrole');
  checkSecret(secret, 'wampcra: secret');
  const iterations = costRange(options.iterations, ITERATIONS, 'wampcra: iterations');
  const onChallenge = async ({ extra }: LoginChallenge, context: LoginContext): Promise<string> => {
    const challenge = challengeOf(extra, context);
    const salting = saltingOf(extra, iterations);
    const plain = await secretOf(secret, 'wampcra: secret');
    return signChallenge(salting === undefined ? plain : await deriveKey(plain, salting), challenge);
  };
  return { method: 'wampcra', authid, authrole, begin: () => ({ onChallenge, onWelcome: changedAuthid }) };
}

/** The text to sign. It says for whom the signature is good; for nobody else than us. */
function challengeOf({ challenge }: Dict, { authid }: LoginContext): string {
  if (typeof challenge !== 'string') throw refusedChallenge('wampcra', 'the challenge holds no text to sign');
  const said = objectIn(challenge);
  if (said === undefined) throw refusedChallenge('wampcra', 'the challenge is no JSON object');
  if (said.authid !== authid) {
    throw refusedChallenge('wampcra', 'the challenge is for another authid than the one that asked');
  }
  if (said.authmethod !== undefined && said.authmethod !== 'wampcra') {
    throw refusedChallenge('wampcra', 'the challenge is for another method');
  }
  return challenge;
}

function objectIn(json: string): Dict | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Dict) : undefined;
  } catch {
    return undefined;
  }
}

function saltingOf(extra: Dict, range: CostRange) {
  const { salt, iterations = 1_000, keylen = 32 } = extra;
  if (salt === undefined || salt === null) return undefined;
  if (typeof salt !== 'string') throw refusedChallenge('wampcra', 'the salt is no text');
  const fault = costFault(iterations, 'iterations', range) ?? costFault(keylen, 'a keylen', KEY_LENGTH);
  if (fault !== undefined) throw refusedChallenge('wampcra', fault);
  return { salt, iterations: iterations as number, keylen: keylen as number };
}
