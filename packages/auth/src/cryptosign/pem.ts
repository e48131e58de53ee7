import { fromBase64 } from '../bytes.js';

/** The bytes between `BEGIN` and `END` of this label; undefined where there are none. */
export function pemBody(text: string, label: string): Uint8Array | undefined {
  const begin = `-----BEGIN ${label}-----`;
  const from = text.indexOf(begin);
  const to = text.indexOf(`-----END ${label}-----`);
  if (from < 0 || to < from) return undefined;
  return fromBase64(text.slice(from + begin.length, to).replace(/\s+/g, ''));
}
