import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));
const tools = join(root, 'node_modules', '.bin');

/** The environment of a person at a shell who has the tools of this repository: nothing of a test runner or a package manager. */
export function shellEnv(more: Record<string, string> = {}): NodeJS.ProcessEnv {
  const ours =
    /^(npm_|NODE_PATH$|NODE_ENV$|VITEST|WAMP_|INIT_CWD$|TEST$|DEV$|PROD$|MODE$|SSR$|BASE_URL$|CI$|FORCE_COLOR$)/;
  const kept = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return { ...Object.fromEntries(kept), PATH: `${tools}${delimiter}${process.env.PATH ?? ''}`, ...more };
}
