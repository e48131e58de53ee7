import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vitepress';
import { readCode } from '../reference/read-code.js';
import { MADE, stageSite } from './stage.js';

/** The folder that the site is built to. */
export const HTML: string = join(MADE, 'html');

/**
 * Builds the site. A link to a page that is not there fails it.
 *
 * @param staged - its pages have been laid out already
 */
export async function buildSite({ staged = false }: { readonly staged?: boolean } = {}): Promise<void> {
  if (!staged) await stageSite(await readCode());
  await build(fileURLToPath(new URL('../../', import.meta.url)));
}
