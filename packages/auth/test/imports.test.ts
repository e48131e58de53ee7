import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FROM = /(?:import|export)\s[^'"]*?from\s+'([^']+)'|import\s+'([^']+)'/g;
const LATER = /import\('([^']+)'\)/g;

/** What a module and those it imports ask of packages, at once and when needed, and their text. */
function reached(entry: URL): { packages: string[]; later: string[]; text: string } {
  const packages = new Set<string>();
  const later = new Set<string>();
  const files = new Map<string, string>();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (files.has(file.href)) continue;
    const source = readFileSync(file, 'utf8');
    files.set(file.href, source);
    for (const [, specifier] of source.matchAll(LATER)) later.add(specifier ?? '');
    for (const [, from, alone] of source.matchAll(FROM)) {
      const specifier = from ?? alone ?? '';
      if (specifier.startsWith('.')) queue.push(new URL(specifier.replace(/\.js$/, '.ts'), file));
      else packages.add(specifier);
    }
  }
  // Examples in comments may use what they like.
  const text = [...files.values()].join('\n').replaceAll(/\/\*\*[\s\S]*?\*\//g, '');
  return { packages: [...packages].sort(), later: [...later].sort(), text };
}

test.each<[string, string[], string[]]>([
  ['anonymous', [], []],
  ['ticket', [], []],
  ['wampcra', [], []],
  ['scram', [], ['@mongodb-js/saslprep', 'hash-wasm']],
  ['cryptosign', ['@noble/curves/ed25519.js'], []],
  ['tls', [], []],
  ['totp', [], []],
  ['mnemonic', ['@scure/bip32', '@scure/bip39', '@scure/bip39/wordlists/english.js'], []],
])('%s loads its own libraries and no others, and nothing of Node', (name, libraries, later) => {
  const found = reached(new URL(`../src/${name}/index.ts`, import.meta.url));
  expect(found.packages.filter((each) => each !== '@wamp-run/protocol')).toEqual(libraries);
  expect(found.later).toEqual(later);
  expect(found.text.match(/\bBuffer\.|\bprocess\.\w+|from 'node:|Math\.random/g)).toBeNull();
});
