import { ApplicationError, type Dict, TransportLost, TypeCheckError, type Value } from '@wamp-run/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { built, Command, demo, finished, inService } from './command.js';
import { joined, localRouter } from './local.js';

describe('a service on a router of its own', () => {
  let command: Command;
  let url: string;
  beforeAll(async () => {
    ({ command, url } = await inService([built('math')]));
    await command.says(/ready in/);
  });
  afterAll(() => command.kill());

  test('the table at the start names the router, the procedures and the topics', () => {
    expect(command.stdout).toBe('');
    expect(command.stderr).toMatch(/^router +ws:\/\/127\.0\.0\.1:\d+\/ws$/m);
    expect(command.stderr).toMatch(/^MathService +running in realm1$/m);
    expect(command.stderr).toMatch(/^ {2}procedures +com\.example\.math\.add$/m);
    expect(command.stderr).toMatch(/^ {2}topics +com\.example\.tick$/m);
  });

  test('a foreign client calls it', async () => {
    const { session, close } = await joined(url);
    expect(await session.call('com.example.math.add', [2, 3])).toBe(5);
    expect(await session.call('com.example.math.offset')).toBe(100);
    await close();
  });

  test('wrong arguments never reach it, and are all named in one message', async () => {
    const { session, close } = await joined(url);
    const wrong = session.call('com.example.math.add', ['2', null]);
    await expect(wrong).rejects.toBeInstanceOf(TypeCheckError);
    await expect(wrong).rejects.toMatchObject({
      error: 'wamp.error.type_check_error',
      args: ["'a' expected type=number got=string, 'b' expected type=number got=null"],
      executed: 'no',
    });
    await expect(session.call('com.example.math.add', [1])).rejects.toMatchObject({
      error: 'wamp.error.type_check_error',
      args: [expect.stringContaining("'b'")],
    });
    await expect(session.call('com.example.math.add', [1, 2, 3])).rejects.toMatchObject({
      error: 'wamp.error.type_check_error',
    });
    await close();
  });

  test('an application error arrives whole, any other error says nothing of the inside', async () => {
    const { session, close } = await joined(url);
    const failed = await session.call('com.example.math.fail', ['on purpose']).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ApplicationError);
    expect(failed).toMatchObject({
      error: 'com.example.error.failed',
      args: ['on purpose'],
      kwargs: { why: 'on purpose' },
    });
    const crashed = await session.call('com.example.math.crash').catch((error: unknown) => error);
    expect(crashed).toMatchObject({ error: 'wamp.error.runtime_error' });
    expect(JSON.stringify((crashed as ApplicationError).args)).not.toContain('secret');
    await close();
  });

  test('the yields of a generator are progressive results', async () => {
    const { session, close } = await joined(url);
    const progress: Value[] = [];
    const result = await session.call('com.example.math.count', [3], {
      onProgress: ({ results }) => progress.push(...results),
    });
    expect({ progress, result }).toEqual({ progress: [1, 2, 3], result: 'done' });
    expect(await session.call('com.example.math.count', [3])).toBe('done');
    await close();
  });

  test('a stream gives the yields of a generator and its return value', async () => {
    const { session, close } = await joined(url);
    const stream = session.stream<number, string>('com.example.math.count', [3]);
    const values: unknown[] = [];
    let step = await stream.next();
    for (; step.done !== true; step = await stream.next()) values.push(step.value);
    expect([...values, step.value]).toEqual([1, 2, 3, 'done']);
    await close();
  });

  test('events are iterated over, until the loop is left', async () => {
    const [listener, speaker] = [await joined(url), await joined(url)];
    const topic = 'com.example.iterated';
    const events = listener.session.events(topic)[Symbol.asyncIterator]();
    const first = events.next();
    // The router handles a session's messages in order: with this answered, it has the subscription.
    await listener.session.publish('com.example.unrelated', [], { acknowledge: true });
    for (const n of [1, 2]) await speaker.session.publish(topic, [n], { acknowledge: true });
    const seen = [(await first).value.args, (await events.next()).value.args];
    expect(seen).toEqual([[1], [2]]);
    await events.return?.();
    expect(await events.next()).toEqual({ done: true, value: undefined });
    await Promise.all([listener.close(), speaker.close()]);
  });

  test('canceling a call aborts its handler', async () => {
    const { session, close } = await joined(url);
    const controller = new AbortController();
    const begun = new Promise<void>((resolve, reject) => {
      session.subscribe('com.example.math.waiting', () => resolve()).catch(reject);
    });
    await session.publish('com.example.unrelated', [], { acknowledge: true });
    const call = session.call('com.example.math.wait', [], { signal: controller.signal });
    await begun;
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'WAMP_CANCELED' });
    await close();
  });

  test('an event reaches its handler; a wrongly typed one only onUserError', async () => {
    const { session, close } = await joined(url);
    const heard: Value[][] = [];
    let settle = () => {};
    const both = new Promise<void>((resolve) => {
      settle = resolve;
    });
    const hear = (args: Value[]) => {
      if (heard.push(args) === 2) settle();
    };
    await session.subscribe('com.example.math.ticked', hear);
    await session.subscribe('com.example.math.user_error', hear);
    await session.publish('com.example.tick', ['one'], { acknowledge: true });
    await session.publish('com.example.tick', [1], { acknowledge: true });
    await both;
    expect(heard).toEqual([
      [expect.stringContaining('com.example.tick'), expect.stringContaining("'n' expected type=number got=string")],
      [1],
    ]);
    await close();
  });

  const values: [string, unknown][] = [
    ['integers at every width', [0, -1, 255, 65536, 2 ** 32, 2 ** 53, -(2 ** 53), 2n ** 60n]],
    ['text and bytes', ['', 'äöü€😀', new Uint8Array([0, 1, 255])]],
    ['names of Object.prototype', JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "error": 3}')],
    ['nothing at all', null],
  ];
  test.each(values)('%s travel through the router and back', async (_, value) => {
    const { session, close } = await joined(url);
    const back = await session.call('com.example.math.echo', [value]);
    expect(back).toEqual(value);
    if (typeof value === 'object' && value !== null) expect(Object.keys(back as Dict)).toEqual(Object.keys(value));
    await close();
  });
});

describe('the demo', () => {
  let command: Command;
  let url: string;
  beforeAll(async () => {
    ({ command, url } = await inService(demo));
    await command.says(/ready in/);
  });
  afterAll(() => command.kill());

  test('three components use each other', async () => {
    const { session, close } = await joined(url);
    const told: Value[] = [];
    const two = new Promise<void>((resolve, reject) => {
      session
        .subscribe('com.shop.notifications.told', ([text]) => {
          if (told.push(text as Value) === 2) resolve();
        })
        .catch(reject);
    });
    await session.publish('com.example.unrelated', [], { acknowledge: true });
    expect(await session.call('com.shop.orders.create', ['coffee', 5])).toEqual({
      id: 1,
      article: 'coffee',
      quantity: 5,
    });
    await two;
    expect([...told].sort()).toEqual(['only 1 of coffee left', 'order 1: 5 coffee']);
    expect(await session.call('com.shop.stock.left', ['coffee'])).toBe(1);
    await close();
  });

  test('an error of one component passes through another to the caller', async () => {
    const { session, close } = await joined(url);
    await expect(session.call('com.shop.orders.create', ['cups', 5])).rejects.toMatchObject({
      error: 'com.shop.error.out_of_stock',
      args: ['only 2 of cups left'],
      kwargs: { article: 'cups', left: 2 },
    });
    await close();
  });

  test('shipping reports its progress', async () => {
    const { session, close } = await joined(url);
    const { id } = await session.call<{ id: number }>('com.shop.orders.create', ['tea', 1]);
    const steps: Value[] = [];
    const result = await session.call('com.shop.orders.ship', [id], {
      onProgress: ({ results }) => steps.push(...results),
    });
    expect({ steps, result }).toEqual({ steps: ['picked', 'packed', 'handed over'], result: '1 tea on the way' });
    await close();
  });

  test('wamp-run call reaches it from the shell', async () => {
    const called = await finished(['call', 'com.shop.stock.left', '"cups"', '--url', url]);
    expect([called.code, called.stdout, called.stderr]).toEqual([0, '2\n', '']);
  });
});

describe('a service and the router it joins', () => {
  const commands: Command[] = [];
  afterEach(async () => {
    for (const command of commands.splice(0)) await command.kill();
  });

  test('when the router dies and comes back, so does the component, and a call in flight is rejected', async () => {
    const first = new Command(['router', '--port', '0']);
    commands.push(first);
    const [, url = '', port = ''] = await first.says(/^router +(ws:\/\/127\.0\.0\.1:(\d+)\/ws)/m);
    const service = new Command([built('math'), '--url', url]);
    commands.push(service);
    await service.says(/ready in/);

    const caller = await joined(url);
    const begun = new Promise<void>((resolve, reject) => {
      caller.session.subscribe('com.example.math.waiting', () => resolve()).catch(reject);
    });
    await caller.session.publish('com.example.unrelated', [], { acknowledge: true });
    const inFlight = caller.session.call('com.example.math.wait');
    await begun;
    first.signal('SIGKILL');
    await expect(inFlight).rejects.toBeInstanceOf(TransportLost);
    await expect(inFlight).rejects.toMatchObject({ executed: 'maybe' });
    await caller.close();
    await first.exit;

    const joins = () => service.stderr.match(/in service/g)?.length ?? 0;
    expect(joins()).toBe(1);
    const second = new Command(['router', '--port', port]);
    commands.push(second);
    await second.says(/^router/m);
    await service.says(/in service[\s\S]*in service/);
    const again = await joined(url);
    expect(await again.session.call('com.example.math.add', [20, 22])).toBe(42);
    await again.close();
  });

  test('a router that shuts down in order is waited for as well', async () => {
    const { router, url } = await localRouter();
    const service = new Command([built('math'), '--url', url]);
    commands.push(service);
    await service.says(/ready in/);
    await router.close();
    await service.says(/wamp\.close\.system_shutdown/);
    const { router: second } = await localRouter(Number(new URL(url).port));
    await service.says(/in service[\s\S]*in service/);
    const again = await joined(url);
    expect(await again.session.call('com.example.math.add', [1, 1])).toBe(2);
    await again.close();
    await second.close();
  });

  test('two processes share a realm', async () => {
    const { command, url } = await inService(demo);
    commands.push(command);
    await command.says(/ready in/);
    const other = new Command([built('math'), '--url', url]);
    commands.push(other);
    await other.says(/ready in/);
    const { session, close } = await joined(url);
    expect(await session.call('com.example.math.add', [1, 2])).toBe(3);
    expect(await session.call('com.shop.stock.left', ['tea'])).toBe(12);
    await close();
  });
});

describe('leaving', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s: what runs is finished, the router goes last, exit code 0',
    async (signal) => {
      const { command, url } = await inService([built('math')]);
      await command.says(/ready in/);
      const { session, client } = await joined(url);
      const begun = new Promise<void>((resolve, reject) => {
        session.subscribe('com.example.math.slow_begun', () => resolve()).catch(reject);
      });
      await session.publish('com.example.unrelated', [], { acknowledge: true });
      const running = session.call('com.example.math.slow', [300]);
      await begun;
      command.signal(signal);
      expect(await running).toBe('finished');
      expect(await command.exit).toBe(0);
      expect((await client.closed).error).toMatchObject({ reason: 'wamp.close.system_shutdown' });
    },
  );

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('a second %s forces: exit code %i', async (signal, code) => {
    const { command, url } = await inService([built('math')]);
    await command.says(/ready in/);
    const { session, client } = await joined(url);
    const begun = new Promise<void>((resolve, reject) => {
      session.subscribe('com.example.math.slow_begun', () => resolve()).catch(reject);
    });
    await session.publish('com.example.unrelated', [], { acknowledge: true });
    const running = session.call('com.example.math.slow', [60_000]).catch((error: unknown) => error);
    await begun;
    command.signal(signal);
    // The first signal has been taken when the procedure is no longer there.
    await expectGone(session, 'com.example.math.add');
    command.signal(signal);
    expect(await command.exit).toBe(code);
    expect(await running).toBeInstanceOf(TransportLost);
    await client.close();
  });
});

async function expectGone(session: Awaited<ReturnType<typeof joined>>['session'], procedure: string): Promise<void> {
  for (;;) {
    try {
      await session.call(procedure, [1, 2]);
    } catch (error) {
      expect(error).toMatchObject({ error: 'wamp.error.no_such_procedure' });
      return;
    }
  }
}

describe('a component without decorators', () => {
  test('runs from its file as any other, beside a class', async () => {
    const { command, url } = await inService([built('defined')]);
    try {
      await command.says(/ready in/);
      expect(command.stderr).toMatch(/^Counter +running in realm1$/m);
      expect(command.stderr).toMatch(/^Beside +running in realm1$/m);
      expect(command.stderr).toMatch(/^ +(procedures +)?com\.example\.step2$/m);
      const { session, close } = await joined(url);
      expect(await session.call('com.example.counter.next')).toBe(2);
      expect(await session.call('com.example.counter.next', [3])).toBe(8);
      await expect(session.call('com.example.counter.next', ['3'])).rejects.toMatchObject({
        args: ["'times' expected type=number got=string"],
      });
      expect(await session.call('com.example.step2')).toBe('step');
      expect(await session.call('com.example.beside.here')).toBe('here');
      await close();
    } finally {
      await command.kill();
    }
  });
});
