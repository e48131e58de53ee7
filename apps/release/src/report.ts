import { BUDGETS } from './budgets.js';
import type { Packed } from './pack.js';

/** What would be published, for people: a line each, and with `files` every file with its size. */
export function report(all: readonly Packed[], { files = false }: { readonly files?: boolean } = {}): string {
  const rows = all.map(({ manifest: { name, version }, size, files: inside }) => [
    name,
    version,
    `${(size / 1024).toFixed(1)} of ${BUDGETS[name] ?? '?'} KiB`,
    `${[...inside.values()].reduce((sum, { length }) => sum + length, 0) >> 10} KiB unpacked`,
    `${inside.size} files`,
  ]);
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  return all
    .flatMap(({ files: inside }, index) => [
      line(rows[index] ?? []).trimEnd(),
      ...(files ? [...inside].map(([path, { length }]) => `${String(length).padStart(10)}  ${path}`) : []),
    ])
    .join('\n');
}
