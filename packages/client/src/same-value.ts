import { isDict, type Value } from '@wamp-run/protocol';

/** Whether two values would be the same on the wire. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true;
  if (a instanceof Uint8Array && b instanceof Uint8Array) return sameItems([...a], [...b]);
  if (Array.isArray(a) && Array.isArray(b)) return sameItems(a, b);
  if (!isDict(a) || !isDict(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameValue(a[key], b[key]))
  );
}

function sameItems(a: readonly Value[], b: readonly Value[]): boolean {
  return a.length === b.length && a.every((item, index) => sameValue(item, b[index]));
}
