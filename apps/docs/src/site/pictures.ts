import { createReadStream, existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { ROOT } from '../repository.js';
import { HTML } from './build-site.js';

const CANDIDATES = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium of this machine, or undefined where there is none. */
export const chromiumPath: string | undefined = CANDIDATES.find((path) => path !== undefined && existsSync(path));

/** A picture of a page, by day or by night. */
export interface Picture {
  readonly name: string;
  readonly page: string;
  readonly scheme: 'light' | 'dark';
}

/** The pictures that are taken. */
export const PICTURES: readonly Picture[] = [
  { name: 'front', page: '/', scheme: 'light' },
  { name: 'guide', page: '/guide/components.html', scheme: 'light' },
  { name: 'architecture', page: '/architecture.html', scheme: 'dark' },
  { name: 'lifecycles', page: '/lifecycles.html', scheme: 'light' },
  { name: 'reference', page: '/reference/@wamp-run/client.html', scheme: 'dark' },
];

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/**
 * Takes pictures of some pages of the site that was built.
 *
 * @returns the folder of the pictures, below `reports/`
 * @throws Error where there is no Chromium, where a page says an error, or where one is wider than the screen
 */
export async function takePictures(): Promise<string> {
  if (chromiumPath === undefined) throw new Error('there is no Chromium; install it, or name it in CHROMIUM');
  const folder = join(ROOT, 'reports', 'docs');
  mkdirSync(folder, { recursive: true });
  const site = createServer(({ url = '/' }, response) => {
    const path = decodeURIComponent(url.replace(/[?#].*$/, '').replace(/\/$/, '/index.html'));
    const file = join(HTML, path);
    if (!file.startsWith(HTML) || !existsSync(file)) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', TYPES[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => {
    site.listen(0, '127.0.0.1', resolve);
  });
  const browser = await chromium.launch({ executablePath: chromiumPath });
  try {
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    for (const picture of PICTURES) await takePicture(browser, picture, { origin, folder });
  } finally {
    await browser.close();
    site.closeAllConnections();
    site.close();
  }
  return folder;
}

interface Place {
  readonly origin: string;
  readonly folder: string;
}

async function takePicture(browser: Browser, picture: Picture, { origin, folder }: Place): Promise<void> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme: picture.scheme });
  const wrong: string[] = [];
  page.on('pageerror', ({ message }) => wrong.push(message));
  page.on('response', (response) => {
    if (response.status() >= 400) wrong.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(origin + picture.page, { waitUntil: 'networkidle' });
  const tooWide = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
  if (tooWide) wrong.push('the page is wider than the screen');
  await page.screenshot({ path: join(folder, `${picture.name}.png`) });
  await page.close();
  if (wrong.length > 0) throw new Error(`${picture.page}: ${wrong.join('; ')}`);
}
