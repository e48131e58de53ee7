/**
 * Sessions of nobody in particular.
 *
 * @packageDocumentation
 */
export { type AnonymousOptions, anonymous } from './anonymous.js';
export { type AnonymousVerifierOptions, anonymousVerifier } from './anonymous-verifier.js';
