import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Running, start } from 'wamp-run';

const CHROMIUM = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path));
const skipped = CHROMIUM === undefined ? ' (skipped: there is no Chromium; install it, or name it in CHROMIUM)' : '';

// The built page in a browser, and the built service on a router of its own, at free ports.
describe.skipIf(CHROMIUM === undefined)(`the page${skipped}`, () => {
  let service: Running;
  let site: PreviewServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [service, site, browser] = await Promise.all([
      start({ files: ['./dist/service/greeter.js'], from: process.cwd(), router: { port: 0 } }),
      build({ logLevel: 'warn' }).then(() => preview({ preview: { host: '127.0.0.1', port: 0 } })),
      chromium.launch({ executablePath: CHROMIUM as string }),
    ]);
    await service.settled();
    page = await browser.newPage();
    const { port } = site.httpServer.address() as AddressInfo;
    await page.goto(`http://127.0.0.1:${port}/?${new URLSearchParams({ url: service.url })}`);
    await page.getByRole('status').getByText('joined').waitFor();
  }, 30_000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await service?.stop();
  });

  const answers = (text: string) => page.locator('output').getByText(text, { exact: true }).waitFor();

  test('greets, and lists who was greeted', async () => {
    await page.getByLabel('Name').fill('Ada');
    await page.getByRole('button', { name: 'Greet' }).click();
    await answers('Hello, Ada!');
    await page.getByRole('listitem').getByText('1: Ada').waitFor();
  });

  test('shows what the service says of a name that is none', async () => {
    await page.getByLabel('Name').fill(' ');
    await page.getByRole('button', { name: 'Greet' }).click();
    await page.locator('output').getByText('whom shall I greet?').waitFor();
  });

  test('counts down', async () => {
    await page.getByRole('button', { name: 'Count down' }).click();
    await answers('1');
    expect(await page.locator('output').textContent()).toBe('1');
  });
});
