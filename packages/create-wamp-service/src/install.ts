import type { PackageManager } from './npm-or-pnpm.js';
import { type Run, runProgram } from './run-program.js';

/** Installs what the project depends on. @throws Error with the line that says most of what the package manager said */
export async function install(
  manager: PackageManager,
  where: Pick<Run, 'directory' | 'env' | 'signal' | 'onOutput'>,
): Promise<void> {
  // CI is set for neither: it would freeze a lockfile that is not there yet.
  const args = manager === 'npm' ? ['install', '--no-fund', '--no-audit', '--loglevel=error'] : ['install'];
  const { code, output } = await runProgram({ ...where, command: manager, args, env: { ...where.env, CI: undefined } });
  if (code === 0) return;
  const what = code === undefined ? 'could not be run' : `failed (exit code ${code})`;
  throw new Error(`${manager} install ${what}: ${telling(output)} (--no-install creates the project without it)`);
}

/** Of many lines of a package manager, the first that names an error. */
function telling(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '');
  const named = lines.find((line) => /^(code |.*ERR_PNPM|.*\b(E[A-Z]{4,}|ENOENT)\b)/.test(line));
  const explained = lines.find((line) => /request to|network|not found|No matching version|ENOENT|denied/i.test(line));
  return (
    [...new Set([named, explained ?? lines[0]])].filter((line) => line !== undefined).join(', ') || 'it said nothing'
  );
}
