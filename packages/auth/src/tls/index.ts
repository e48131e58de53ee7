/**
 * Logins by a TLS client certificate.
 *
 * @packageDocumentation
 */
export type { Found, Principal } from '../principals.js';
export { type TlsCertificateOptions, tlsCertificate } from './tls-certificate.js';
export {
  type CertificateClaim,
  type CertificatePrincipal,
  type CertificatePrincipals,
  type TlsCertificateVerifierOptions,
  tlsCertificateVerifier,
} from './tls-certificate-verifier.js';
