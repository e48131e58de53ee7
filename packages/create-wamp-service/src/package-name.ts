import { builtinModules } from 'node:module';
import { basename, dirname } from 'node:path';

/** What a package manager takes as a new package's name, as validate-npm-package-name has it. */
const LONGEST = 214;
const ALLOWED = /^(?:@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/;

/** Why this cannot be a package's name, or undefined where it can. */
export function wrongWithName(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > LONGEST) return `it is longer than ${LONGEST} characters`;
  if (/[A-Z]/.test(name)) return 'it has capital letters';
  if (!ALLOWED.test(name)) {
    return 'it may have small letters, digits, "-", "." and "_", and begins with a letter or digit';
  }
  if (name === 'node_modules' || name === 'favicon.ico') return 'the name is reserved';
  if (builtinModules.includes(name)) return 'it is the name of a module of Node';
  return undefined;
}

/** The nearest name that a package can have, for a suggestion; it may still be reserved. */
export function nearestName(name: string): string {
  const [, scope = '', rest = ''] = /^(@[^/]*\/)?(.*)$/s.exec(name) ?? [];
  const clean = (text: string) =>
    text
      .toLowerCase()
      .replaceAll(/[^a-z0-9._-]+/g, '-')
      .replaceAll(/^[^a-z0-9]+|-+$/g, '')
      .slice(0, LONGEST / 2);
  const base = clean(rest) === '' ? 'my-service' : clean(rest);
  const fixed = clean(scope.slice(1, -1)) === '' ? base : `@${clean(scope.slice(1, -1))}/${base}`;
  return wrongWithName(fixed) === undefined ? fixed : `${base}-service`;
}

/** The name that a folder suggests: its own, with the scope where it lies in one (`packages/@acme/orders`). */
export function nameFromFolder(target: string): string {
  const scope = basename(dirname(target));
  return scope.startsWith('@') ? `${scope}/${basename(target)}` : basename(target);
}

/** The name without its scope, as images, units and Kubernetes objects can have it. */
export function plainName(name: string): string {
  const plain = name
    .replace(/^@[^/]*\//, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  return plain === '' ? 'service' : plain;
}
