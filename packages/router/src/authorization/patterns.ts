import { type MatchPolicy, matches } from '@wamp-run/protocol';

/** A URI, or a pattern of URIs. */
export interface Pattern {
  readonly uri: string;
  readonly match: MatchPolicy;
}

/** Whether every URI that `inner` matches is matched by `outer`. */
export function covers(outer: Pattern, inner: Pattern): boolean {
  if (inner.match === 'exact') return matches(inner.uri, outer.uri, outer.match);
  switch (outer.match) {
    case 'exact':
      return false;
    case 'prefix':
      // No part of a prefix is open but the last, and so what its text begins with is certain in the other, too.
      return inner.uri.startsWith(outer.uri);
    case 'wildcard':
      return inner.match === 'wildcard' && everyPart(outer.uri, inner.uri, (out, part) => out === '' || out === part);
  }
}

/** Whether there is a URI that both match. */
export function meet(a: Pattern, b: Pattern): boolean {
  if (a.match === 'exact') return matches(a.uri, b.uri, b.match);
  if (b.match === 'exact') return matches(b.uri, a.uri, a.match);
  if (a.match === 'prefix') {
    return b.match === 'prefix' ? a.uri.startsWith(b.uri) || b.uri.startsWith(a.uri) : reaches(a.uri, b.uri);
  }
  if (b.match === 'prefix') return reaches(b.uri, a.uri);
  return everyPart(a.uri, b.uri, (one, other) => one === '' || other === '' || one === other);
}

/** Sorts patterns: where both match a URI, the one that comes first decides on it. The order of `PatternIndex`. */
export function bySpecificity(a: Pattern, b: Pattern): number {
  if (a.match !== b.match) return RANK[a.match] - RANK[b.match];
  if (a.match !== 'wildcard') return b.uri.length - a.uri.length;
  const others = b.uri.split('.');
  for (const [index, part] of a.uri.split('.').entries()) {
    const other = others[index] ?? '';
    if ((part === '') !== (other === '')) return part === '' ? 1 : -1;
  }
  return 0;
}

const RANK: Record<MatchPolicy, number> = { exact: 0, prefix: 1, wildcard: 2 };

/** Whether a URI that meets a wildcard may begin with this prefix. */
function reaches(prefix: string, wildcard: string): boolean {
  const begun = prefix.split('.');
  const parts = wildcard.split('.');
  if (begun.length > parts.length) return false;
  return begun.every((text, index) => {
    const part = parts[index] as string;
    // The last part of a prefix may go on.
    if (index === begun.length - 1) return part === '' || part.startsWith(text);
    return text !== '' && (part === '' || part === text);
  });
}

function everyPart(a: string, b: string, holds: (one: string, other: string) => boolean): boolean {
  const others = b.split('.');
  const parts = a.split('.');
  return parts.length === others.length && parts.every((part, index) => holds(part, others[index] as string));
}
