import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { apiReports } from '../src/api-report.js';
import { packages, ROOT } from '../src/workspace.js';

test('what each package offers is what its api.txt says; after a change that is meant: npm run api', () => {
  for (const [folder, text] of apiReports(packages())) {
    expect(text, relative(ROOT, folder)).toBe(readFileSync(join(folder, 'api.txt'), 'utf8'));
  }
});

test('what is no part of the door is not in it, and what is behind it is', () => {
  const reports = apiReports(packages());
  const all = [...reports.values()].join('\n');
  expect(all).not.toMatch(/#private|^ *private |\/\*\*/m);
  for (const { folder, manifest } of packages()) {
    const text = reports.get(folder) ?? '';
    const doors = Object.entries(manifest.exports ?? {}).filter(([, entry]) => Object.hasOwn(entry as object, 'types'));
    expect(text.match(/^== (?!behind)/gm), manifest.name).toHaveLength(doors.length);
  }
  const client = reports.get(join(ROOT, 'packages', 'client')) ?? '';
  expect(client).toMatch(/^class Client \{\n(?: {4}.*\n)*? {4}joined\(\): Promise<Session>;$/m);
  expect(client).toMatch(/^Forwarded: as in protocol$/m);
});
