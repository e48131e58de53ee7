/**
 * SCRAM: logins by a password that the router does not know, and by which it proves itself, too.
 *
 * @packageDocumentation
 */
export type { CostRange } from '../cost-range.js';
export type { Found, Principal, Principals } from '../principals.js';
export type { Secret } from '../secret.js';
export {
  type AutobahnCredentialOptions,
  autobahnScramCredential,
  type ScramCredential,
  type ScramCredentialOptions,
  scramCredential,
} from './credential.js';
export type { ScramCost, ScramKdf } from './key-derivation.js';
export { type AutobahnScramOptions, autobahnScram, type ScramLimits, type ScramOptions, scram } from './scram.js';
export {
  autobahnScramVerifier,
  type ScramPrincipal,
  type ScramVerifierOptions,
  scramVerifier,
} from './scram-verifier.js';
