import { type Run, runProgram } from './run-program.js';

/** What became of the repository: made, or why not. */
export type GitOutcome = { readonly made: true } | { readonly made: false; readonly because: string };

/**
 * Makes a repository of the folder, with one commit of these files. Whatever is missing (git, an identity) is a reason and no error: a
 * project without a repository is a project.
 */
export async function makeRepository(
  directory: string,
  files: readonly string[],
  where: Pick<Run, 'env' | 'signal'>,
): Promise<GitOutcome> {
  // A hook of another repository, from which we may have been called, names that one in the environment.
  const env = Object.fromEntries(
    Object.entries(where.env).filter(([name]) => !/^GIT_(DIR|WORK_TREE|INDEX|OBJ)/.test(name)),
  );
  const git = (...args: string[]) => runProgram({ command: 'git', args, directory, env, signal: where.signal });

  if ((await git('--version')).code !== 0) return { made: false, because: 'git is not installed' };
  for (const key of ['user.name', 'user.email']) {
    const { code, output } = await git('config', '--get', key);
    if (code !== 0 || output.trim() === '') return { made: false, because: `git has no ${key} (git config --global)` };
  }
  // Neither a template's hooks nor a passphrase for a signature may hold up the first commit.
  const commit = ['-c', 'core.hooksPath=/dev/null', '-c', 'commit.gpgsign=false', 'commit', '--no-verify', '--quiet'];
  for (const args of [
    ['init', '--quiet'],
    ['add', '--', ...files],
    [...commit, '-m', 'chore: scaffold'],
  ]) {
    const { code, output } = await git(...args);
    if (code !== 0)
      return { made: false, because: `git ${args.includes('commit') ? 'commit' : args[0]}: ${firstLine(output)}` };
  }
  return { made: true };
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0] ?? '';
}
