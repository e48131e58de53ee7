import {
  checkOptionNames,
  checkUri,
  InvalidConfiguration,
  type Random,
  type RouterAuthenticator,
  typeName,
} from '@wamp-run/protocol';
import { checkText } from '../settings.js';

/** Whom a router lets in without a login. */
export interface AnonymousVerifierOptions {
  /** The role that they get. Default: `anonymous`. */
  readonly authrole?: string | undefined;
  /** The realms that they may join; in others this method passes. Default: all. */
  readonly realms?: readonly string[] | undefined;
}

/**
 * The router's half of `anonymous`: everybody is let in, under an authid that is drawn at random (100 bits).
 * What HELLO says of authid and authrole counts for nothing. Throws InvalidConfiguration where an option is wrong.
 */
export function anonymousVerifier(options: AnonymousVerifierOptions = {}): RouterAuthenticator {
  checkOptionNames(options, { authrole: true, realms: true }, 'anonymousVerifier');
  const { authrole = 'anonymous' } = options;
  checkText(authrole, 'anonymousVerifier: authrole');
  const realms = options.realms === undefined ? undefined : realmSet(options.realms);
  return {
    method: 'anonymous',
    begin: ({ realm, random }) => ({
      onHello: () => {
        if (realms?.has(realm) === false) return { outcome: 'pass' };
        return { outcome: 'accept', authid: randomName(random), authrole, authprovider: 'static', realm };
      },
    }),
  };
}

function realmSet(realms: unknown): ReadonlySet<string> {
  if (!Array.isArray(realms)) {
    throw new InvalidConfiguration(`anonymousVerifier: realms: expected a list, got ${typeName(realms)}`);
  }
  for (const [index, realm] of realms.entries()) checkUri(realm, `anonymousVerifier: realms[${index}]`);
  return new Set<string>(realms);
}

// No 0, 1, I and O: people read these names to each other.
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/** A name of 100 random bits: `7KQ2-M9XR-4TBN-WEHD-83PZ`. */
function randomName(random: Random): string {
  const letters = Array.from(random(20), (byte) => LETTERS.charAt(byte & 31)).join('');
  return (letters.match(/.{4}/g) ?? []).join('-');
}
