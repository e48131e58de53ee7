// Builds the site: `--staged` from pages that are laid out already; with `--pictures` takes pictures of it besides.
import { buildSite, HTML } from './site/build-site.js';
import { takePictures } from './site/pictures.js';

await buildSite({ staged: process.argv.includes('--staged') });
console.log(`the site is in ${HTML}`);
if (process.argv.includes('--pictures')) console.log(`pictures are in ${await takePictures()}`);
