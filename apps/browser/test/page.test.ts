import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Client, type Session } from '@wamp-run/client';
import { Key, KeyRing, passthruCodec } from '@wamp-run/e2ee';
import type { Clock, PayloadCodec } from '@wamp-run/protocol';
import { cbor, cborValues } from '@wamp-run/serializers/cbor';
import { websocket } from '@wamp-run/transport/websocket';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Bundle, bundlePage } from './bundle.js';
import { chromiumPath, skipped } from './chromium.js';
import { RouterProcess } from './router-process.js';

const REPORTS = fileURLToPath(new URL('../../../reports/browser/', import.meta.url));

const clock: Clock = {
  now: () => performance.now(),
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

let bundle: Bundle;
beforeAll(async () => {
  bundle = await bundlePage();
});

describe('the bundle', () => {
  test('has nothing of Node in it, and asks for nothing from outside', () => {
    expect(bundle.imports).toEqual([]);
    expect(bundle.warnings).toEqual([]);
    expect(bundle.code).not.toMatch(/["'`]node:|\brequire\(|\bprocess\.(?!env\b)/);
    expect(bundle.modules.filter((path) => /[/\\]ws[/\\]/.test(path))).toEqual([]);
    // The entry for browsers, and nothing of the one for Node.
    // Where it is named, it is asked first whether there is one: a browser has none.
    expect(bundle.code.match(/\bnew Buffer\b|\bsetImmediate\b|__dirname/g)).toBeNull();
    const wire = bundle.modules.flatMap((path) => path.split('packages/transport/dist/')[1] ?? []);
    expect(wire.sort()).toEqual(['shared-by-browsers.js', 'websocket/browser.js']);
  });

  test('is of a size that a page can carry', () => {
    const [bytes, packed] = [Buffer.byteLength(bundle.code), gzipSync(bundle.code).length];
    console.info(`the page's bundle: ${bytes} bytes, ${packed} with gzip`);
    // A third of it is end-to-end encryption, which a page without keys would leave out.
    expect(packed).toBeLessThan(96 * 1024);
  });
});

describe.skipIf(chromiumPath === undefined)(`a page in Chromium${skipped}`, () => {
  let browser: Browser;
  let site: Server;
  let origin: string;
  let router: RouterProcess;
  let page: Page;
  /** Somebody else in the realm. */
  let other: { session: Session; close(): Promise<void> };

  beforeAll(async () => {
    site = createServer(({ url = '/' }, response) => {
      const script = url.startsWith('/page.js');
      // The libraries of the serializers make code at run time, and must do without where a page forbids it.
      response.setHeader('Content-Security-Policy', "script-src 'self'");
      response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
      response.end(script ? bundle.code : readFileSync(new URL('../page.html', import.meta.url)));
    });
    await new Promise<void>((resolve) => {
      site.listen(0, '127.0.0.1', resolve);
    });
    origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    browser = await chromium.launch({
      executablePath: chromiumPath as string,
      args: [
        '--host-resolver-rules=MAP shop.test 127.0.0.1',
        '--disable-quic',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  });

  afterAll(async () => {
    await other?.close();
    await router?.kill();
    await browser?.close();
    site?.closeAllConnections();
    site?.close();
  });

  beforeAll(async () => {
    router = await RouterProcess.start();
    other = await joined();
    await other.session.register('com.example.add', ([a, b]) => Number(a) + Number(b));
    await other.session.register('com.example.echo', (args) => args[0]);
    await other.session.register('com.example.count', async ([to], _kwargs, call) => {
      for (let n = 1; n <= Number(to); n++) call.progress?.([n]);
      return 'done';
    });
  });

  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  });

  afterEach(() => page?.close());

  async function joined(codec?: PayloadCodec) {
    const client = new Client({
      codec,
      connectors: [websocket(router.url, { serializers: [cbor()], clock })],
      realm: 'realm1',
      retry: false,
      clock,
      random: (n) => randomBytes(n),
    });
    await client.joined();
    return { session: client.session, close: () => client.close() };
  }

  async function open(serializer: string, fragment = ''): Promise<void> {
    await page.goto(`${origin}/?${new URLSearchParams({ url: router.url, serializer })}${fragment}`);
    await line('ready');
  }

  /** Waits until the page has said this so many times. */
  async function line(text: string, times = 1): Promise<void> {
    await page
      .locator('li')
      .getByText(text, { exact: true })
      .nth(times - 1)
      .waitFor();
  }

  async function ask(act: 'Call' | 'Publish', uri: string, args: string): Promise<void> {
    await page.getByLabel('URI').fill(uri);
    await page.getByLabel('Arguments').fill(args);
    await page.getByRole('button', { name: act }).click();
  }

  describe.each(['json', 'cbor', 'msgpack'])('with %s', (serializer) => {
    test('calls, and gets progress', async () => {
      await open(serializer);
      await line(`joined by wamp.2.${serializer}`);
      await ask('Call', 'com.example.add', '[2, 3]');
      await line('result 5');
      await ask('Call', 'com.example.count', '[3]');
      await line('result "done"');
      const lines = await page.locator('li').allTextContents();
      expect(lines.slice(-5)).toEqual(['result 5', 'progress [1]', 'progress [2]', 'progress [3]', 'result "done"']);
      await ask('Call', 'com.example.nowhere', '[]');
      await page.locator('li').getByText('error').getByText('wamp.error.no_such_procedure').waitFor();
    });

    test('is called', async () => {
      await open(serializer);
      expect(await other.session.call('com.example.page.reverse', ['größer 🙂'])).toBe('🙂 reßörg');
    });

    test('hears events, and publishes some', async () => {
      await open(serializer);
      other.session.publish('com.example.page.said', ['hello']);
      await line('event "hello"');
      const heard = new Promise((resolve) => {
        void other.session
          .subscribe('com.example.heard', ([text]) => resolve(text))
          .then(() => ask('Publish', 'com.example.heard', '["from the page"]'));
      });
      expect(await heard).toBe('from the page');
      await line('published com.example.heard');
    });

    test('carries bytes, large integers and text as they are', async () => {
      await open(serializer);
      const same = await page.evaluate(async () => {
        const { session } = globalThis as unknown as { session: Session };
        const sent = { bytes: new Uint8Array([0, 127, 128, 255]), big: 2 ** 53 - 1, bigger: 2n ** 60n, text: 'é\0🙂' };
        const got = (await session.call('com.example.echo', [sent])) as typeof sent;
        return [
          got.bytes instanceof Uint8Array && [...got.bytes].join() === '0,127,128,255',
          got.big === sent.big,
          got.bigger === sent.bigger,
          got.text === sent.text,
        ];
      });
      expect(same).toEqual([true, true, true, true]);
    });

    // Large values are read by the serializers' libraries, which know Node's buffers where there are some.
    test('carries large values', async () => {
      await open(serializer);
      const [equal, kind] = await page.evaluate(async () => {
        const { session } = globalThis as unknown as { session: Session };
        const sent = Array.from({ length: 3000 }, (_, n) => ({
          n,
          text: `item ${n} é`,
          wide: n * 2 ** 33,
          half: n / 2,
        }));
        const bytes = new Uint8Array(200_000).map((_, n) => n);
        const got = (await session.call('com.example.echo', [{ sent, bytes }])) as { sent: unknown; bytes: Uint8Array };
        const equal =
          JSON.stringify(got.sent) === JSON.stringify(sent) && got.bytes.every((byte, n) => byte === bytes[n]);
        return [equal && got.bytes.length === bytes.length, Object.getPrototypeOf(got.bytes) === Uint8Array.prototype];
      });
      expect([equal, kind]).toEqual([true, true]);
    });
  });

  test('encrypts from end to end', async () => {
    const random = (n: number) => randomBytes(n);
    const key = Key.generate(random);
    const ring = new KeyRing();
    ring.set({ uri: 'com.example.sealed', key });
    const { session, close } = await joined(passthruCodec({ ring, random, serializer: cborValues() }));
    try {
      await session.register('com.example.sealed.swap', ([a, b], _, { payloadScheme }) => [b, a, payloadScheme]);
      await other.session.register('com.example.sealed.open', () => 'readable');
      await open('json', `#${new URLSearchParams({ secret: key.reveal().secret as string })}`);
      await ask('Call', 'com.example.sealed.swap', '["größer", 7]');
      await line('result [7,"größer","wamp"]');
      // Who has no key answers nothing, and hears nothing.
      await ask('Call', 'com.example.sealed.open', '[]');
      await page
        .locator('li')
        .getByText('error')
        .getByText('feature_not_supported')
        .or(page.getByText('no_payload_codec'))
        .first()
        .waitFor();
      await ask('Call', 'com.example.add', '[20, 22]');
      await line('result 42');
    } finally {
      await close();
    }
  });

  test('cannot connect from an origin that is not allowed', async () => {
    const refused = page.waitForEvent('console', (message) => message.text().includes('403'));
    // The same site by a name that is none of loopback's.
    await page.goto(`${origin.replace('127.0.0.1', 'shop.test')}/?${new URLSearchParams({ url: router.url })}`);
    await refused;
    expect(await page.locator('li').allTextContents()).toEqual([]);
  });

  test('joins again after the router was killed, with its registration and its subscription', async () => {
    await open('cbor');
    await ask('Call', 'com.example.add', '[20, 22]');
    await line('result 42');
    const { port } = router;
    await router.kill();
    await line('disconnected');
    router = await RouterProcess.start(port);
    await line('joined by wamp.2.cbor', 2);
    await other.close();
    other = await joined();
    // What lasts is there when the page says that it has it; it has no line of its own.
    await expect.poll(() => other.session.call('com.example.page.reverse', ['again']).catch(() => '')).toBe('niaga');
    await expect
      .poll(async () => {
        await other.session.publish('com.example.page.said', ['back'], { acknowledge: true });
        return page.locator('li').getByText('event "back"').count();
      })
      .toBeGreaterThan(0);
    mkdirSync(REPORTS, { recursive: true });
    await page.screenshot({ path: `${REPORTS}page.png` });
  });
});
