import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Where in these files something is no JavaScript: `file:line: the line`. The error of an import does not say. Undefined
 * where nothing of that kind is found.
 */
export async function syntaxPlace(files: Iterable<string>): Promise<string | undefined> {
  for (const file of files) {
    if (!/\.[mc]?js$/.test(file)) continue;
    try {
      await promisify(execFile)(process.execPath, ['--check', file], { env: {}, timeout: 10_000 });
    } catch (error) {
      const [place = '', text = ''] = String((error as { stderr?: unknown }).stderr).split('\n');
      const [, line] = /:(\d+)$/.exec(place.trim()) ?? [];
      if (line !== undefined) return `${file}:${line}: ${text.trim()}`;
    }
  }
  return undefined;
}
