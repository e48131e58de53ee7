/**
 * A result as JSON for a shell: integers of any size as digits, bytes as base64 behind a NUL (as WAMP's JSON has them),
 * and `null` for no result.
 */
export function toJsonText(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Uint8Array) return JSON.stringify(`\u0000${Buffer.from(value).toString('base64')}`);
  if (Array.isArray(value)) return `[${value.map(toJsonText).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${toJsonText(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value);
}
