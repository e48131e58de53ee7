/**
 * WAMP-CRA: logins by a shared secret that does not travel.
 *
 * @packageDocumentation
 */

export type { CostRange } from '../cost-range.js';
export type { Found, Principal, Principals } from '../principals.js';
export type { Secret } from '../secret.js';
export { type DeriveKeyOptions, deriveKey, generateSecret, signChallenge } from './signature.js';
export { type WampcraOptions, wampcra } from './wampcra.js';
export {
  type WampcraDecoy,
  type WampcraPrincipal,
  type WampcraVerifierOptions,
  wampcraVerifier,
} from './wampcra-verifier.js';
