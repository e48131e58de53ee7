// Calls that pass by the messages are looked after as those in messages are: who keeps the event loop is named, and a component that
// is stopped finishes what it is working on.
import type { ClientOptions } from '@wamp-run/client';
import * as componentPackage from '@wamp-run/component';
import { CallDetails, component, register } from '@wamp-run/component';
import { Runtime } from '@wamp-run/runtime';
import { describe, expect, test } from 'vitest';
import { random } from './local.js';
import { OneProcess, WAYS } from './one-process.js';

describe.each(WAYS)('who keeps the event loop, where calls go by %s', (way) => {
  async function scene(options: Partial<ClientOptions> = {}) {
    const all = new OneProcess();
    const told: [string, number][] = [];
    const { session: bob } = await all.join('bob', way, {
      blockedAfter: 100,
      hooks: { onBlocked: (uri, ms) => told.push([uri, ms]) },
      ...options,
    });
    const { session: ann } = await all.join('ann', way);
    for (const name of ['one', 'two']) {
      await bob.register(`com.${name}`, ([ms]) => all.clock.advance(ms as number));
    }
    await bob.register('com.later', async ([ms]) => all.clock.advance(ms as number));
    await all.settled();
    return { all, ann, told };
  }

  test('is told of once, by name', async () => {
    const { ann, told } = await scene();
    await Promise.all([ann.call('com.one', [99]), ann.call('com.two', [150]), ann.call('com.one', [20])]);
    expect(told).toEqual([['com.two', 150]]);
    await ann.call('com.one', [100]);
    await ann.call('com.later', [120]);
    expect(told.slice(1)).toEqual([
      ['com.one', 100],
      ['com.later', 120],
    ]);
  });

  test('is told of once, too, where an interceptor is around the handler', async () => {
    const { ann, told } = await scene({ interceptors: [{ invocation: (_, next) => next() }] });
    await ann.call('com.one', [150]);
    expect(told).toEqual([['com.one', 150]]);
  });

  test('calls of one procedure that are answered one right after the other count as one, if no message comes between', async () => {
    const { ann, told } = await scene();
    await Promise.all([60, 50, 40].map((ms) => ann.call('com.one', [ms])));
    expect(told).toEqual(way === 'direct' ? [['com.one', 150]] : []);
  });
});

interface Begun {
  readonly signal: AbortSignal;
  answer(value: string): void;
}

/** What the component is working on, of the test that runs. */
let begun: Begun[];

@component({ prefix: 'com.busy' })
class Busy {
  @register('later')
  later(call: CallDetails): Promise<string> {
    return new Promise((answer) => begun.push({ signal: call.signal, answer }));
  }
}

describe('a component that is stopped', () => {
  async function scene() {
    begun = [];
    const all = new OneProcess();
    const runtime = new Runtime({
      components: [
        {
          loaded: { file: 'test', description: componentPackage.describe(Busy), package: componentPackage },
          connectors: [all.connector('busy')],
          realm: 'realm1',
        },
      ],
      runner: { name: 'test', version: '0' },
      grace: 1_000,
      clock: all.clock,
      random,
    });
    runtime.start();
    await runtime.settled();
    const { session: ann } = await all.join('ann');
    return { all, runtime, ann };
  }

  test('finishes what came directly', async () => {
    const { all, runtime, ann } = await scene();
    const call = ann.call('com.busy.later');
    await all.settled();
    expect(all.passed).toEqual([]);
    expect(runtime.status()).toMatchObject([{ running: 1 }]);
    let stopped = false;
    const stopping = runtime.stop().then(() => {
      stopped = true;
    });
    await all.settled();
    expect(stopped).toBe(false);
    begun[0]?.answer('done');
    expect(await call).toBe('done');
    await stopping;
    expect(begun).toMatchObject([{ signal: { aborted: false } }]);
  });

  test('aborts what is late, and its caller is told so', async () => {
    const { all, runtime, ann } = await scene();
    const call = ann.call('com.busy.later');
    await all.settled();
    const failed = expect(call).rejects.toMatchObject({
      error: 'wamp.error.canceled',
      args: ['com.busy.later was stopped before it had finished'],
    });
    const stopping = runtime.stop();
    await all.settled();
    all.clock.advance(1_000);
    await failed;
    await stopping;
    expect(begun).toMatchObject([{ signal: { aborted: true } }]);
  });
});
