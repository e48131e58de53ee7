/**
 * Certificates for keys of cryptosign: Ethereum signatures (EIP-712) from a trustroot down to a key.
 *
 * @packageDocumentation
 */
export {
  type CertificateTrust,
  type CertifiedKey,
  certifiedKey,
  type RefusedCertificates,
  type ShownCertificates,
} from './certified-key.js';
