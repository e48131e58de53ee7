import { fileShape } from './file-shape.js';
import type { Path, Shape } from './shape.js';

/** Keys whose values are secrets wherever a component's `extra` has them. */
const SECRET_KEY =
  /passw|passphrase|secret|token|ticket|credential|authorization|cookie|private_?key|api_?key|^key$|seed/i;

const MASK = '***';

/** A copy of a value of the configuration to be shown: secrets, and what stands before @ in URLs, as `***`. */
export function masked(value: unknown, shape: Shape = fileShape()): unknown {
  return walked(value, shape, () => MASK);
}

/** The secrets in a configuration, so that a log can be kept free of them. Of fewer than four letters none is told apart. */
export function secretsIn(value: unknown, shape: Shape = fileShape()): string[] {
  const found = new Set<string>();
  walked(value, shape, (secret) => {
    if (secret.length >= 4) found.add(secret);
    return MASK;
  });
  return [...found].sort((a, b) => b.length - a.length);
}

type OnSecret = (secret: string) => string;

function walked(value: unknown, shape: Shape | undefined, onSecret: OnSecret, path: Path = []): unknown {
  if (shape?.kind === 'either') {
    return walked(value, typeof value === 'string' ? shape.text : shape.keys, onSecret, path);
  }
  if (shape?.kind === 'off') return value === false ? false : walked(value, shape.or, onSecret, path);
  if (shape?.kind === 'code') return value === undefined || value === null ? value : '(code)';
  if (typeof value === 'string') {
    const secret = shape?.kind === 'text' && shape.secret === true;
    return secret || path.some((part) => isSecretKey(part)) ? onSecret(value) : withoutPassword(value, onSecret);
  }
  if (Array.isArray(value)) {
    const of = shape?.kind === 'list' ? shape.of : undefined;
    return value.map((each) => walked(each, of, onSecret, path));
  }
  if (typeof value !== 'object' || value === null) {
    return path.some((part) => isSecretKey(part)) && value !== null && value !== undefined
      ? onSecret(String(value))
      : value;
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      const of = shape?.kind === 'keys' ? shape.keys[key] : shape?.kind === 'map' ? shape.of : undefined;
      // Names of keys tell secrets only where no shape says what they are.
      const inner = of === undefined || of.kind === 'anything' ? [...path, key] : [];
      return [key, walked(each, of, onSecret, inner)];
    }),
  );
}

function isSecretKey(part: string | number): boolean {
  return typeof part === 'string' && SECRET_KEY.test(part);
}

/** `http://user:password@proxy` → `http://***@proxy` */
function withoutPassword(text: string, onSecret: OnSecret): string {
  return text.replace(/^([a-z][a-z0-9+.-]*:\/\/)([^/@\s]+)@/i, (_, scheme: string, user: string) => {
    const password = user.slice(user.indexOf(':') + 1);
    let decoded = password;
    try {
      decoded = decodeURIComponent(password);
    } catch {
      // Not encoded: it is what it is.
    }
    if (decoded !== password) onSecret(decoded);
    return `${scheme}${onSecret(password)}@`;
  });
}
