import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { start } from 'wamp-run';
import { built, Command, finished } from './command.js';
import { joined } from './local.js';
import { ServiceFolder } from './service-folder.js';

/** What `/readyz` says of a component, as far as it is looked at here. */
interface ComponentReadiness {
  readonly name: string;
  readonly blocked?: { readonly what: readonly string[]; readonly ms: number; readonly ago: number };
}

const started: Command[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((command) => command.kill()));
});

const command = (args: readonly string[]) => {
  const one = new Command(args);
  started.push(one);
  return one;
};

/** A command with health at any free port. */
async function healthy(args: readonly string[]) {
  const one = command([...args, '--port', '0', '--health-port', '0']);
  const [, health = ''] = await one.says(/^health +(http:\S+)/m);
  const [, url = ''] = await one.says(/^router +(ws:\S+)/m);
  return { one, health, url };
}

/** What a test lets go on when it wants to. */
function gate<T = void>(): { opened: Promise<T>; open(value: T): void } {
  let open: (value: T) => void = () => {};
  const opened = new Promise<T>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const ready = async (health: string) => {
  const response = await fetch(`${health}/readyz`);
  return { code: response.status, ...((await response.json()) as { status: string; components: unknown[] }) };
};

describe('health of a process', () => {
  test('ready when all is in service; draining while a call is finished; then nobody is there', async () => {
    const { one, health, url } = await healthy([built('math')]);
    await one.says(/ready in/);
    expect(await ready(health)).toMatchObject({
      code: 200,
      status: 'ready',
      components: [{ name: 'MathService', missing: [] }],
    });
    const good = await finished(['status', '--health-url', health]);
    expect([good.code, good.stdout, good.stderr]).toEqual([0, 'ready\nMathService  running in realm1\n', '']);

    const { session, client } = await joined(url);
    const [held, begun] = [gate<string>(), gate()];
    await session.register('com.test.held', () => {
      begun.open();
      return held.opened;
    });
    const call = session.call('com.example.math.ask', ['com.test.held']);
    await begun.opened;
    one.signal('SIGTERM');
    // The process needs a moment to hear it; from then on it is not ready, and its call goes on.
    let last = await ready(health);
    while (last.status !== 'draining') last = await ready(health);
    expect(last.code).toBe(503);
    const bad = await finished(['status', '--health-url', health]);
    expect([bad.code, bad.stdout.split('\n')[0]]).toEqual([75, 'draining']);
    expect((await fetch(`${health}/livez`)).status).toBe(200);
    held.open('finished');
    expect(await call).toBe('finished');
    await client.close();
    expect(await one.exit).toBe(0);
    const none = await finished(['status', '--health-url', health]);
    expect([none.code, none.stdout]).toEqual([69, '']);
    expect(none.stderr).toMatch(/^wamp-run: http:\/\/127\.0\.0\.1:\d+\/readyz: no word of health: .*ECONNREFUSED/);
  });

  test('starting while a file is loaded', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wamp-run-health-'));
    const held = join(folder, 'held.mjs');
    writeFileSync(held, "process.stderr.write('loading\\n'); await new Promise((r) => setTimeout(r, 60_000));");
    const one = command([held, '--port', '0', '--health-port', '0']);
    const [, health = ''] = await one.says(/"url":"(http:[^"]+)".*health is told/);
    await one.says(/^loading/m);
    expect(await ready(health)).toEqual({ code: 503, status: 'starting', components: [] });
    rmSync(folder, { recursive: true });
  });

  test('a router alone is ready when it listens', async () => {
    const { health } = await healthy(['router']);
    expect(await ready(health)).toEqual({ code: 200, status: 'ready', components: [] });
  });

  test('who keeps the event loop is named when it has let go, for a minute', async () => {
    const folder = new ServiceFolder('blocking');
    const text = `
      import { defineComponent } from '@wamp-run/component';
      const block = (ms) => { for (const until = performance.now() + ms; performance.now() < until; ); };
      export const Busy = defineComponent({
        name: 'Busy',
        prefix: 'com.busy',
        offer: ({ procedure }) => [
          procedure('compute', { args: ['number'] }, block),
          procedure('later', { args: ['number'] }, async (ms) => { await null; block(ms); }),
        ],
      });
      export const Idle = defineComponent({ name: 'Idle' });
    `;
    const { one, health, url } = await healthy([folder.write('busy.mjs', text), '--blocked-after', '50']);
    try {
      await one.says(/ready in/);
      const { session, client } = await joined(url);
      await session.call('com.busy.compute', [200]);
      const clear = await ready(health);
      expect(clear.code).toBe(200);
      expect(clear).not.toHaveProperty('blocked');
      const [busy, idle] = clear.components as ComponentReadiness[];
      expect(busy).toMatchObject({ name: 'Busy', blocked: { what: ['com.busy.compute'] } });
      expect(busy?.blocked?.ms).toBeGreaterThanOrEqual(200);
      expect(idle).not.toHaveProperty('blocked');
      const { code, stdout } = await finished(['status', '--health-url', health]);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^ +com\.busy\.compute kept the event loop for \d+ ms, \d s ago$/m);
      // Behind an await it shows by a timer that is late.
      await session.call('com.busy.later', [200]);
      const unclear = await ready(health);
      expect(unclear).toMatchObject({ code: 200, blocked: { what: ['com.busy.later'], ago: expect.any(Number) } });
      await client.close();
    } finally {
      folder.remove();
    }
  });

  test('a procedure that another session takes away is missing, by its name', async () => {
    const running = await start({ files: [built('math')], from: '/', router: { port: 0 }, health: { port: 0 } });
    try {
      await running.settled();
      const health = running.healthUrl as string;
      expect((await ready(health)).code).toBe(200);
      const { session, client } = await joined(running.url);
      const taken = await session.register('com.example.math.add', () => 0, { forceReregister: true });
      // The router's word to the callee is on its way.
      let told = await ready(health);
      while (told.code === 200) told = await ready(health);
      expect(told.components).toMatchObject([
        { name: 'MathService', state: 'running', missing: ['com.example.math.add'] },
      ]);
      // It comes back as soon as it can be had.
      await taken.unregister();
      while (told.code !== 200) told = await ready(health);
      expect(await session.call('com.example.math.add', [2, 3])).toBe(5);
      await client.close();
    } finally {
      await running.stop();
    }
  });
});

describe('status', () => {
  test.each([
    [[], /^wamp-run: status: where to ask\? give --health-url/],
    [['--health-url', '127.0.0.1:1'], /^wamp-run: --health-url: expected http:\/\/host:port, got "127\.0\.0\.1:1"/],
    [['--port', '1'], /unknown option '--port'/],
  ])('%j: 2', async (args, message) => {
    const { code, stderr } = await finished(['status', ...args]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('what is no wamp-run is told from one', async () => {
    const { url } = await healthy(['router']);
    const { code, stderr } = await finished(['status', '--health-url', url.replace('ws:', 'http:')]);
    expect([code, stderr]).toEqual([69, expect.stringContaining('what answers there is no wamp-run')]);
  });
});
