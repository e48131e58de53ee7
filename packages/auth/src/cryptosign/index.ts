/**
 * WAMP-Cryptosign: logins by Ed25519 keys, on either side.
 *
 * @packageDocumentation
 */
export type { Found, Principal } from '../principals.js';
export { type AgentExchange, type AgentIdentity, AgentRefused, agentIdentities, agentKey } from './agent-key.js';
export { type CryptosignOptions, cryptosign } from './cryptosign.js';
export {
  type CryptosignClaim,
  type CryptosignPrincipal,
  type CryptosignPrincipals,
  type CryptosignVerifierOptions,
  cryptosignVerifier,
} from './cryptosign-verifier.js';
export { type CryptosignKey, generateKey, keyFromSeed } from './key.js';
export { readPrivateKey } from './read-private-key.js';
export { readPublicKey } from './read-public-key.js';
