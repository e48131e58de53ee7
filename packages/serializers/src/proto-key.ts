const UNDERSCORE = 0x5f;
const PROTO = Array.from('__proto__', (character) => character.charCodeAt(0));

/** Whether the nine bytes before `end` spell `__proto__`, the key that libraries rename or drop. */
export function endsInProto(bytes: Uint8Array, end: number): boolean {
  if (bytes[end - 1] !== UNDERSCORE) return false;
  const start = end - PROTO.length;
  for (let i = 0; i < PROTO.length; i++) {
    if (bytes[start + i] !== PROTO[i]) return false;
  }
  return true;
}
