import { checkOptionNames } from '@wamp-run/protocol';
import { sameBytes, utf8 } from '../bytes.js';
import { checkFunction, checkWhole } from '../settings.js';
import { codeAt, STEP, secretBytes } from './totp.js';

/** How codes are looked at. */
export interface TotpCheckOptions {
  /** Steps of 30 seconds by which the other clock may be wrong, either way. Default: 1. */
  readonly window?: number | undefined;
  /** Seconds since 1970. Default: the machine's. */
  readonly time?: (() => number) | undefined;
}

/**
 * Says whether a text is the code of now. A code counts once: neither it nor an older one passes again (RFC 6238,
 * section 5.2), so make one check for each principal, and keep it. Throws InvalidConfiguration where the secret is no
 * base32, or an option is wrong.
 *
 * @example
 * ticketVerifier({ principals: [{ authid, authrole, realm, ticket: totpCheck(secret) }] });
 */
export function totpCheck(secret: string, options: TotpCheckOptions = {}): (code: string) => Promise<boolean> {
  checkOptionNames(options, { window: true, time: true }, 'totpCheck');
  const { window = 1, time = () => Date.now() / 1000 } = options;
  checkWhole(window, 'totpCheck: window', { least: 0, most: 10 });
  checkFunction(time, 'totpCheck: time');
  const bytes = secretBytes(secret);
  let used = -1;
  return async (code) => {
    const now = Math.floor(time() / STEP);
    const given = utf8(code);
    const steps = Array.from({ length: 2 * window + 1 }, (_, i) => now + i - window).filter((step) => step >= 0);
    const codes = await Promise.all(steps.map((step) => codeAt(bytes, step)));
    // All are compared, whichever it is; the last that fits counts.
    let found = -1;
    for (const [i, each] of codes.entries()) if (sameBytes(utf8(each), given)) found = steps[i] as number;
    if (found <= used) return false;
    used = found;
    return true;
  };
}
