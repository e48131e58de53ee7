import { checkOptionNames, InvalidConfiguration, type Value } from '@wamp-run/protocol';
import type { CryptosignClaim } from '../cryptosign/cryptosign-verifier.js';
import { type AuthorityCertificate, type Certificate, certificateIn, type DelegateCertificate } from './certificate.js';

/** What of a claim is looked at. */
export type ShownCertificates = Pick<CryptosignClaim, 'publicKey' | 'trustroot' | 'certificates'>;

/** Whose certificates are believed. Addresses are `0x` and 40 hexadecimal digits. */
export interface CertificateTrust {
  /** The roots: addresses whose keys sign the last certificate of a chain. */
  readonly trustroots: readonly string[];
  /** The chain that certificates have to be for: 1 is Ethereum. */
  readonly chainId: number;
  /** The contract that they have to be for. */
  readonly verifyingContract: string;
  /** The realm that they have to be for, by its address. Default: any. */
  readonly realm?: string | undefined;
  /** The number of the chain's last block, behind which a certificate is not valid yet. Default: that is not looked at. */
  readonly block?: number | undefined;
}

/** A key that a chain of certificates vouches for. */
export interface CertifiedKey {
  readonly outcome: 'certified';
  /** The Ethereum address that the key stands for. */
  readonly delegate: string;
  /** The root of the chain. */
  readonly trustroot: string;
  /** The address of the realm that the chain is for. */
  readonly realm: string;
  /** What the delegate may do, as its authority says: 4 a public relay, 8 a private one, 16 a provider, 32 a consumer. */
  readonly capabilities: bigint;
}

/** Certificates that say nothing of a key. */
export interface RefusedCertificates {
  readonly outcome: 'refused';
  /** For the log of the router: it is not for the client. */
  readonly why: string;
}

const ROOT_CA = 1n;
const INTERMEDIATE_CA = 2n;
/** Each costs the recovery of a key. */
const LONGEST = 8;

/**
 * Looks into the certificates that come with a login by cryptosign, by the rules of Autobahn's chains (CCR-1 to CCR-12): a
 * delegate certificate for the key, then authority certificates, each for the one before it, the last one a trustroot's own.
 * That the client has the key, `cryptosignVerifier` finds out. Throws InvalidConfiguration where the trust is wrong.
 *
 * @example
 * cryptosignVerifier({
 *   principals: (claim) => {
 *     const found = certifiedKey(claim, { trustroots, chainId: 1, verifyingContract });
 *     if (found.outcome === 'refused') return undefined;
 *     return { authid: found.delegate, authrole: 'delegate', realm: claim.realm, publicKeys: [claim.publicKey] };
 *   },
 * });
 */
export function certifiedKey(
  { publicKey, trustroot, certificates }: ShownCertificates,
  trust: CertificateTrust,
): CertifiedKey | RefusedCertificates {
  const trusted = checked(trust);
  const shown: readonly Value[] = Array.isArray(certificates) ? certificates : [];
  if (shown.length < 2 || shown.length > LONGEST) return refused(`expected 2 to ${LONGEST} certificates`);
  const chain: Certificate[] = [];
  for (const [index, each] of shown.entries()) {
    const certificate = certificateIn(each);
    if (certificate === undefined) return refused(`certificate ${index} is none, or has no signature`);
    chain.push(certificate);
  }
  const [first, ...authorities] = chain;
  if (first?.kind !== 'delegate') return refused('the first certificate is not a delegate certificate');
  if (!authorities.every((each) => each.kind === 'authority')) {
    return refused('after the first, a certificate is not an authority certificate');
  }
  const why =
    faultOfAll(chain, trusted) ??
    faultOfDelegate(first, authorities, publicKey) ??
    faultOfAuthorities(authorities, trusted);
  if (why !== undefined) return refused(why);
  const { realm, capabilities } = authorities[0] as AuthorityCertificate;
  const root = (authorities.at(-1) as AuthorityCertificate).issuer;
  if (typeof trustroot !== 'string' || trustroot.toLowerCase() !== root) {
    return refused('the trustroot in authextra is not that of the certificates');
  }
  return { outcome: 'certified', delegate: first.delegate, trustroot: root, realm, capabilities };
}

interface Trusted extends Omit<CertificateTrust, 'chainId'> {
  readonly chainId: bigint;
}

/** CCR-1. */
function faultOfAll(chain: readonly Certificate[], { chainId, verifyingContract, block }: Trusted): string | undefined {
  for (const [index, each] of chain.entries()) {
    if (each.chainId !== chainId) return `certificate ${index} is for another chain`;
    if (each.verifyingContract !== verifyingContract) return `certificate ${index} is for another contract`;
    if (block !== undefined && each.validFrom > BigInt(block)) return `certificate ${index} is not valid yet`;
  }
  return undefined;
}

/** CCR-8, 9 and 12, and that it is about the key that the client shows. */
function faultOfDelegate(
  { publicKey, delegate, signer, validFrom }: DelegateCertificate,
  [authority]: readonly AuthorityCertificate[],
  shown: string,
): string | undefined {
  if (publicKey !== shown) return 'the delegate certificate is for another key';
  if (signer !== delegate) return 'the delegate certificate is not signed by its delegate';
  if (authority?.subject !== delegate) return 'no authority vouches for the delegate';
  return authority.validFrom > validFrom ? 'the delegate certificate is older than that of its authority' : undefined;
}

/** CCR-2, 4 to 7, 10 and 11. */
function faultOfAuthorities(authorities: readonly AuthorityCertificate[], trusted: Trusted): string | undefined {
  for (const [index, each] of authorities.entries()) {
    const { issuer, subject, signer, realm, capabilities, validFrom } = each;
    const what = `certificate ${index + 1}`;
    if (signer !== issuer) return `${what} is not signed by its issuer`;
    if (realm !== (trusted.realm ?? authorities[0]?.realm)) return `${what} is for another realm`;
    const above = authorities[index + 1];
    if (above === undefined) {
      if (issuer !== subject) return `${what}, the last one, is not a root's own`;
      if ((capabilities & ROOT_CA) === 0n) return `${what}, the last one, is not that of a root`;
      return trusted.trustroots.includes(issuer) ? undefined : `${what} is of a root that is not trusted here`;
    }
    if (issuer !== above.subject) return `${what} is issued by somebody that the next one does not vouch for`;
    if (above.validFrom > validFrom) return `${what} is older than the one that vouches for it`;
    if ((capabilities & above.capabilities) !== capabilities) return `${what} allows more than the one above it`;
    if ((above.capabilities & INTERMEDIATE_CA) === 0n) return `${what} is issued by who may not vouch for authorities`;
  }
  return undefined;
}

function refused(why: string): RefusedCertificates {
  return { outcome: 'refused', why };
}

function checked(trust: CertificateTrust): Trusted {
  const of = 'certifiedKey: trust';
  const names = { trustroots: true, chainId: true, verifyingContract: true, realm: true, block: true } as const;
  checkOptionNames<CertificateTrust>(trust, names, of);
  const { trustroots, chainId, verifyingContract, realm, block } = trust;
  if (!Array.isArray(trustroots) || trustroots.length === 0) {
    throw new InvalidConfiguration(`${of}: trustroots: expected a list of at least one address`);
  }
  for (const [name, value] of Object.entries({ chainId, block })) {
    if (value === undefined ? name === 'block' : Number.isSafeInteger(value) && value >= 0) continue;
    throw new InvalidConfiguration(`${of}: ${name}: expected a whole number`);
  }
  return {
    trustroots: trustroots.map((each, index) => address(each, `${of}: trustroots[${index}]`)),
    chainId: BigInt(chainId),
    verifyingContract: address(verifyingContract, `${of}: verifyingContract`),
    realm: realm === undefined ? undefined : address(realm, `${of}: realm`),
    block,
  };
}

function address(value: unknown, what: string): string {
  if (typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value)) return value.toLowerCase();
  throw new InvalidConfiguration(`${what}: expected 0x and 40 hexadecimal digits`);
}
