import { InvalidConfiguration, WampError } from '@wamp-run/protocol';
import { concat, fromHex, hex } from '../bytes.js';
import { ByteReader, ed25519In, sshString } from './byte-reader.js';
import { type CryptosignKey, isSignature, publicKeyText } from './key.js';

/**
 * Sends one message to an ssh-agent and gives its answer; both with their length before them, as they are on the socket.
 * Opening the socket (`SSH_AUTH_SOCK`) is left to whoever hands this in.
 *
 * @example
 * const exchange: AgentExchange = async (request) => {
 *   const socket = connect(path); // of node:net
 *   socket.write(request);
 *   let answer = Buffer.alloc(0);
 *   for await (const chunk of socket) {
 *     answer = Buffer.concat([answer, chunk]);
 *     if (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE()) break;
 *   }
 *   return answer;
 * };
 */
export type AgentExchange = (request: Uint8Array) => Promise<Uint8Array>;

/** An Ed25519 key that an agent holds. */
export interface AgentIdentity {
  /** 64 lower-case hexadecimal digits. */
  readonly publicKey: string;
  readonly comment: string;
}

/** The agent did not do what was asked. Another attempt may do better: keys are loaded, agents are unlocked. */
export class AgentRefused extends WampError {
  static override readonly family: string = 'AgentRefused';
  readonly code = 'WAMP_AGENT_REFUSED';

  constructor(message: string) {
    super(`ssh-agent: ${message}`, { retryable: true });
  }
}

// draft-ietf-sshm-ssh-agent, section 6.1
const REQUEST_IDENTITIES = 11;
const IDENTITIES_ANSWER = 12;
const SIGN_REQUEST = 13;
const SIGN_RESPONSE = 14;

/** The Ed25519 keys that an agent holds. Rejects with `WAMP_AGENT_REFUSED` where it does not tell. */
export async function agentIdentities(exchange: AgentExchange): Promise<AgentIdentity[]> {
  const answer = await ask(exchange, Uint8Array.of(REQUEST_IDENTITIES), IDENTITIES_ANSWER);
  const identities: AgentIdentity[] = [];
  for (let left = answer.uint32() ?? 0; left > 0; left--) {
    const blob = answer.string();
    const comment = answer.text();
    if (blob === undefined || comment === undefined) throw new AgentRefused('its list of keys ends in the middle');
    const key = ed25519In(blob);
    if (key !== undefined) identities.push({ publicKey: hex(key), comment });
  }
  return identities;
}

/**
 * A key that stays in an ssh-agent: only signatures come out. `sign` rejects with `WAMP_AGENT_REFUSED` (which may be tried
 * again) where the agent does not have the key, or does not sign. Throws InvalidConfiguration where the public key is none.
 *
 * @param publicKey 64 hexadecimal digits, as `agentIdentities` or `readPublicKey` give them
 */
export function agentKey(publicKey: string, exchange: AgentExchange): CryptosignKey {
  const text = publicKeyText(publicKey, 'agentKey: publicKey');
  if (typeof exchange !== 'function') throw new InvalidConfiguration('agentKey: exchange: expected a function');
  const key = fromHex(text, 32) as Uint8Array;
  const type = new TextEncoder().encode('ssh-ed25519');
  const blob = concat(sshString(type), sshString(key));
  return {
    publicKey: text,
    sign: async (message) => {
      const flags = new Uint8Array(4);
      const request = concat(Uint8Array.of(SIGN_REQUEST), sshString(blob), sshString(message), flags);
      const answer = await ask(exchange, request, SIGN_RESPONSE);
      const signature = new ByteReader(answer.string() ?? new Uint8Array(0));
      const kind = signature.text();
      const bytes = signature.string();
      if (kind !== 'ssh-ed25519' || bytes?.length !== 64 || !isSignature(bytes, message, key)) {
        throw new AgentRefused('what it gave is no signature of this key');
      }
      return bytes;
    },
  };
}

async function ask(exchange: AgentExchange, request: Uint8Array, expected: number): Promise<ByteReader> {
  const frame = await exchange(sshString(request));
  const outer = new ByteReader(frame);
  const body = outer.string();
  if (body === undefined || outer.left > 0) throw new AgentRefused('its answer is no whole message');
  const answer = new ByteReader(body);
  if (answer.byte() === expected) return answer;
  throw new AgentRefused('it refuses; look with ssh-add -l whether it is unlocked and has the key');
}
