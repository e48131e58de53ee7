/**
 * Codes that change with time (RFC 6238), as authenticator apps show them. A code is sent by the method `ticket`.
 *
 * @packageDocumentation
 */
export { base32, fromBase32 } from './base32.js';
export { generateTotpSecret, type OtpauthOptions, otpauthUri, type TotpOptions, totp } from './totp.js';
export { type TotpCheckOptions, totpCheck } from './totp-check.js';
