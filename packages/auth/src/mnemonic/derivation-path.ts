import { InvalidConfiguration } from '@wamp-run/protocol';

/** From here on an index is hardened. */
export const HARDENED = 2 ** 31;

/**
 * The indexes of a path such as `m/44'/655'/0'/0/7`; hardened ones are above 2^31. Throws InvalidConfiguration where it is
 * no path. `m` alone is the root.
 */
export function derivationPath(path: string): number[] {
  const [root, ...parts] = String(path).split('/');
  const indexes = parts.map((part) => {
    const found = /^(\d{1,10})('?)$/.exec(part);
    const index = Number(found?.[1] ?? Number.NaN);
    return index < HARDENED ? index + (found?.[2] === "'" ? HARDENED : 0) : Number.NaN;
  });
  if (root === 'm' && indexes.every((index) => !Number.isNaN(index))) return indexes;
  throw new InvalidConfiguration(`path: ${JSON.stringify(path)} is none; expected one like m/44'/655'/0'/0/0`);
}
