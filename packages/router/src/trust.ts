import type { Peer } from './peer.js';
import type { TrustedAction, TrustLevel } from './realm-options.js';

/**
 * The level that a realm's owner gives a call or a publication. Whoever cannot be judged is not trusted: a function that
 * fails, or gives what is no level, gives 0.
 */
export function trustOf(
  trustLevel: TrustLevel,
  { action, uri, peer }: { action: TrustedAction; uri: string; peer: Peer },
): number | undefined {
  try {
    const level = trustLevel(action, uri, peer.identity);
    if (level === undefined || (Number.isSafeInteger(level) && level >= 0)) return level;
    peer.log.error({ action, uri, level }, 'trustLevel gave no whole number of at least 0; the level is 0');
  } catch (error) {
    peer.log.error({ err: error, action, uri }, 'trustLevel failed; the level is 0');
  }
  return 0;
}
