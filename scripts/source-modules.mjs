import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Modules of this repository's sources, by their paths in it: what they say now, whatever was built. */
export async function sourceModules(...paths) {
  const resolve = { conditions: ['@wamp-run/source'] };
  const config = { root, configFile: false, logLevel: 'error', environments: { inline: { resolve } } };
  return Promise.all(paths.map(async (path) => (await runnerImport(`${root}${path}`, config)).module));
}
