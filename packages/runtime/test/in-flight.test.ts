import { describe, expect, test } from 'vitest';
import { InFlight } from '../src/in-flight.js';

/** Nobody looks at the time. */
function quiet(): InFlight {
  return new InFlight({ now: () => 0 });
}

async function* two(): AsyncGenerator<number, string> {
  yield 1;
  yield 2;
  return 'end';
}

describe('what is in flight', () => {
  test('a value is over at once, a promise when it settles, whichever way', async () => {
    const inFlight = quiet();
    expect(inFlight.counted(() => 5, 'five')()).toBe(5);
    expect(inFlight.count).toBe(0);

    let settle = (_: string) => {};
    const promise = inFlight.counted(
      () =>
        new Promise<string>((resolve) => {
          settle = resolve;
        }),
      'promise',
    )();
    expect(inFlight.count).toBe(1);
    settle('done');
    expect(await promise).toBe('done');
    expect(inFlight.count).toBe(0);

    await expect(inFlight.counted(() => Promise.reject(new Error('no')), 'no')()).rejects.toThrow('no');
    expect(() =>
      inFlight.counted(() => {
        throw new Error('thrown');
      }, 'thrown')(),
    ).toThrow('thrown');
    expect(inFlight.count).toBe(0);
  });

  test('a thenable is asked once: a query builder would run its query at each then', async () => {
    const inFlight = quiet();
    let queries = 0;
    const query = {
      // biome-ignore lint/suspicious/noThenProperty: what a query builder is
      then: (resolve: (rows: number) => unknown) => {
        queries++;
        return Promise.resolve(7).then(resolve);
      },
    };
    expect(await inFlight.counted(() => query, 'query')()).toBe(7);
    expect(queries).toBe(1);
    expect(inFlight.count).toBe(0);
  });

  test('a promised generator is counted until it has run out', async () => {
    const inFlight = quiet();
    const generator = (await inFlight.counted(async () => two(), 'two')()) as ReturnType<typeof two>;
    expect(inFlight.count).toBe(1);
    const seen: unknown[] = [];
    for await (const value of generator) seen.push(value);
    expect(seen).toEqual([1, 2]);
    expect(inFlight.count).toBe(0);
  });

  test('with interceptors, one around them counts, and a handler is not counted twice', async () => {
    const inFlight = quiet();
    expect(inFlight.around([])).toBeUndefined();
    const own = { event: () => {} };
    const [counting, ...rest] = inFlight.around([own]) ?? [];
    expect(rest).toEqual([own]);
    let settle = () => {};
    const handler = inFlight.counted(
      () =>
        new Promise<void>((resolve) => {
          settle = resolve;
        }),
      'handler',
    );
    const running = counting?.invocation?.({ details: { procedure: 'handler' } } as never, async () => handler());
    expect(inFlight.count).toBe(1);
    settle();
    await running;
    expect(inFlight.count).toBe(0);
  });

  test('a generator is over when it has run out', async () => {
    const inFlight = quiet();
    const seen: unknown[] = [];
    const generator = inFlight.counted(two, 'two')() as ReturnType<typeof two>;
    for (let step = await generator.next(); ; step = await generator.next()) {
      seen.push(step.value);
      if (step.done === true) break;
      expect(inFlight.count).toBe(1);
    }
    expect(seen).toEqual([1, 2, 'end']);
    expect(inFlight.count).toBe(0);
  });

  test('a generator that is returned before it began is over, too', async () => {
    const inFlight = quiet();
    const generator = inFlight.counted(two, 'two')() as ReturnType<typeof two>;
    await generator.return('early');
    await generator.return('twice');
    expect(inFlight.count).toBe(0);
  });

  test('idle resolves when the last is over, and at once where nothing is', async () => {
    const inFlight = quiet();
    await inFlight.idle();
    const settle: (() => void)[] = [];
    const handler = inFlight.counted(() => new Promise<void>((resolve) => settle.push(resolve)), 'promise');
    const both = [handler(), handler()];
    let idle = false;
    const waited = inFlight.idle().then(() => {
      idle = true;
    });
    settle[0]?.();
    await both[0];
    expect(idle).toBe(false);
    settle[1]?.();
    await waited;
    expect(idle).toBe(true);
  });
});
