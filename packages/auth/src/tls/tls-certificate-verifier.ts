import {
  checkOptionNames,
  InvalidConfiguration,
  type PeerCertificate,
  type RouterAuthenticator,
} from '@wamp-run/protocol';
import { checkedList, checkPrincipal, type Found, type Principal } from '../principals.js';
import { checkOptionalText } from '../settings.js';
import { accepted, DENIED } from '../verdicts.js';

/** Somebody who logs in by a certificate: by that one, or by one of that name. With both, both have to fit. */
export interface CertificatePrincipal extends Principal {
  /**
   * SHA-256 of the certificate: 64 hexadecimal digits, with colons or without. No authority has to vouch for it then, but
   * the listener has to let it through (`rejectUnauthorized: false`).
   */
  readonly fingerprint?: string | undefined;
  /** The common name of its subject. Counts only where an authority that the listener trusts vouches for the certificate. */
  readonly commonName?: string | undefined;
}

/** What a client shows. */
export interface CertificateClaim {
  /** The client has its private key: TLS has seen to that. */
  readonly certificate: PeerCertificate;
  /** An authority that the listener trusts vouches for the certificate. Where not, only the fingerprint means something. */
  readonly authorized: boolean;
  /** Undefined where HELLO names none. Only a claim. */
  readonly authid: string | undefined;
  /** The realm in HELLO. */
  readonly realm: string;
}

/** Who may log in: a list, or a function that is asked at every login and decides what of the certificate counts. */
export type CertificatePrincipals = readonly CertificatePrincipal[] | ((claim: CertificateClaim) => Found<Principal>);

/** Whom a router lets in by a certificate. */
export interface TlsCertificateVerifierOptions {
  /** Who may log in. */
  readonly principals: CertificatePrincipals;
}

/**
 * The router's half of `tls`: reads the certificate off the connection. Passes where there is none; a certificate that
 * belongs to nobody here is refused with `wamp.error.authentication_denied`. The listener has to ask for certificates
 * (`tls: { requestCert: true }`). Throws InvalidConfiguration where an option is wrong.
 *
 * @example
 * tlsCertificateVerifier({ principals: [{ authid: 'sensor', authrole: 'device', realm, commonName: 'sensor.example' }] });
 */
export function tlsCertificateVerifier(options: TlsCertificateVerifierOptions): RouterAuthenticator {
  const of = 'tlsCertificateVerifier';
  checkOptionNames(options, { principals: true }, of);
  const { principals } = options;
  const dynamic = typeof principals === 'function';
  const find = dynamic ? principals : listed(checkedList(principals, checkCertificate, of));
  const provider = dynamic ? 'dynamic' : 'static';
  return {
    method: 'tls',
    begin: ({ authid, realm, transport: { tls } }) => ({
      onHello: async () => {
        if (tls?.peerCertificate === undefined) return { outcome: 'pass' };
        const { authorized, peerCertificate: certificate } = tls;
        const found = await find({ certificate, authorized, authid, realm });
        if (found === undefined || found === null) return DENIED;
        if (dynamic) checkPrincipal(found, () => {}, 'principals: what the function gave');
        const fits = found.realm === realm && (authid === undefined || found.authid === authid);
        return fits ? accepted(found, provider) : DENIED;
      },
    }),
  };
}

function listed(principals: readonly CertificatePrincipal[]): (claim: CertificateClaim) => Principal | undefined {
  return (claim) => principals.find((principal) => shows(principal, claim));
}

function shows(principal: CertificatePrincipal, { certificate, authorized, authid, realm }: CertificateClaim): boolean {
  const { fingerprint, commonName } = principal;
  if (principal.realm !== realm || (authid !== undefined && principal.authid !== authid)) return false;
  if (fingerprint !== undefined && plain(fingerprint) !== plain(certificate.fingerprint)) return false;
  if (commonName !== undefined && !(authorized && commonName === certificate.commonName)) return false;
  return fingerprint !== undefined || commonName !== undefined;
}

function plain(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

function checkCertificate({ fingerprint, commonName }: CertificatePrincipal, place: string): void {
  checkOptionalText(commonName, `${place}.commonName`);
  checkOptionalText(fingerprint, `${place}.fingerprint`);
  if (fingerprint === undefined && commonName === undefined) {
    throw new InvalidConfiguration(`${place}: give fingerprint or commonName`);
  }
  if (fingerprint !== undefined && !/^[0-9a-f]{64}$/.test(plain(fingerprint))) {
    throw new InvalidConfiguration(
      `${place}.fingerprint: expected SHA-256: 64 hexadecimal digits, with colons or without`,
    );
  }
}
