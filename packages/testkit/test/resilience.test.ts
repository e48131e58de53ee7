// What a component has around its handlers and its calls: interceptors, a log that says which call it is about, calls that
// are made again. All of it over a real router, with the runtime as `wamp-run` has it.
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  ApplicationError,
  CallDetails,
  component,
  defineComponent,
  EventDetails,
  type Interceptor,
  Logger,
  register,
  Session,
  subscribe,
} from '@wamp-run/component';
import { describe, expect, test } from 'vitest';
import { createTestRealm } from '../src/index.js';

/** Notes every line with the fields of all its loggers. */
class Notes extends Logger {
  constructor(
    readonly lines: Record<string, unknown>[] = [],
    readonly fields: object = {},
  ) {
    super();
  }
  #note(fields: object | string, text?: string): void {
    this.lines.push({ ...this.fields, ...(typeof fields === 'string' ? { text: fields } : { ...fields, text }) });
  }
  trace(): void {}
  debug(): void {}
  info(fields: object | string, text?: string): void {
    this.#note(fields, text);
  }
  warn(fields: object | string, text?: string): void {
    this.#note(fields, text);
  }
  error(fields: object | string, text?: string): void {
    this.#note(fields, text);
  }
  child(fields: object): Logger {
    return new Notes(this.lines, { ...this.fields, ...fields });
  }
}

/** The errors that were told with this text. */
function errorsOf(text: string, { lines }: Notes): Error[] {
  return lines.filter((line) => line.text === text).map(({ err }) => err as Error);
}

/** Notes the names of what passes it on the way in. */
function noting(name: string, notes: string[]): Interceptor {
  return {
    invocation: ({ details }, next) => {
      notes.push(`${name}: ${details.procedure}`);
      return next();
    },
    event: ({ details }, next) => {
      notes.push(`${name}: ${details.topic}`);
      return next();
    },
  };
}

const notes: string[] = [];

@component({ prefix: 'com.guarded', interceptors: [noting('decorator', notes)] })
class Guarded {
  @register('double')
  double(n: number): number {
    notes.push('double');
    return n * 2;
  }

  @subscribe('tick')
  tick(n: number): void {
    notes.push(`tick ${n}`);
  }
}

describe('interceptors of a component', () => {
  test('the configuration stands around the decorator, and both around the checks of arguments', async () => {
    notes.length = 0;
    const realm = createTestRealm();
    const asNumbers: Interceptor = {
      invocation: (invocation, next) => {
        notes.push('configuration');
        const [first] = invocation.args as unknown[];
        if (first === 'forbidden') throw new ApplicationError('com.guarded.error.forbidden');
        return next({ ...invocation, args: [Number(first)] });
      },
    };
    await realm.start(Guarded, { interceptors: [asNumbers] });
    const session = await realm.session();
    // A text is no number; what the interceptor hands on is.
    expect(await session.call('com.guarded.double', ['21'])).toBe(42);
    expect(notes.splice(0)).toEqual(['configuration', 'decorator: com.guarded.double', 'double']);
    await expect(session.call('com.guarded.double', ['forbidden'])).rejects.toMatchObject({
      error: 'com.guarded.error.forbidden',
    });
    expect(notes.splice(0)).toEqual(['configuration']);
    session.publish('com.guarded.tick', [1]);
    await realm.settle();
    expect(notes).toEqual(['decorator: com.guarded.tick', 'tick 1']);
    await realm.close();
  });

  test('a component that is stopped finishes what its interceptors are doing', async () => {
    const realm = createTestRealm();
    let go = () => {};
    let goOn = () => {};
    notes.length = 0;
    const waiting: Interceptor = {
      invocation: async (_invocation, next) => {
        await new Promise<void>((resolve) => {
          go = resolve;
        });
        return next();
      },
      event: async (_event, next) => {
        await new Promise<void>((resolve) => {
          goOn = resolve;
        });
        return next();
      },
    };
    const guarded = await realm.start(Guarded, { interceptors: [waiting] });
    const session = await realm.session();
    const call = session.call('com.guarded.double', [4]);
    session.publish('com.guarded.tick', [4]);
    await realm.settle();
    expect(guarded.status.running).toBe(2);
    const stopping = guarded.stop();
    await realm.settle();
    expect(guarded.status.state).toBe('draining');
    go();
    expect(await call).toBe(8);
    goOn();
    await stopping;
    expect(notes).toContain('tick 4');
    expect(guarded.status.running).toBe(0);
    await realm.close();
  });

  test('a trace goes with a call through two components, and neither knows of it', async () => {
    const traces = new AsyncLocalStorage<string>();
    const seen: [where: string, trace: string | undefined][] = [];
    /** Once for each component: what a file of configuration would name. */
    const tracing = (where: string): Interceptor => ({
      invocation: ({ kwargs: { traceparent, ...kwargs }, ...invocation }, next) => {
        seen.push([where, traceparent as string | undefined]);
        return traces.run(String(traceparent), () => next({ ...invocation, kwargs }));
      },
      event: ({ kwargs: { traceparent, ...kwargs }, ...event }, next) => {
        seen.push([where, traceparent as string | undefined]);
        return next({ ...event, kwargs });
      },
      call: (call, next) => {
        const traceparent = traces.getStore();
        return next({ ...call, options: { ...call.options, kwargs: { ...call.options.kwargs, traceparent } } });
      },
      publication: (publication, next) => {
        const kwargs = { ...publication.options.kwargs, traceparent: traces.getStore() };
        return next({ ...publication, options: { ...publication.options, kwargs } });
      },
    });
    const desk = defineComponent({
      name: 'Desk',
      prefix: 'com.desk',
      setup: ({ session }) => session,
      offer: ({ procedure }) => [
        procedure('order', { args: ['string'] }, async (article, { deps }) => {
          // Time passes, and other calls with it: the trace is the call's own.
          await Promise.resolve();
          return `ordered ${String(await deps.call('com.store.take', [article]))}`;
        }),
      ],
    });
    const store = defineComponent({
      name: 'Store',
      prefix: 'com.store',
      setup: ({ session }) => session,
      // Whatever else comes by keyword would be refused.
      offer: ({ procedure, topic }) => [
        procedure('take', { args: ['string'] }, (article, { deps }) => {
          deps.publish('com.store.taken', [article], { excludeMe: false });
          return article;
        }),
        topic('taken', { args: ['string'] }, () => {}),
      ],
    });
    const realm = createTestRealm();
    await realm.start(desk, { interceptors: [tracing('desk')] });
    await realm.start(store, { interceptors: [tracing('store')] });
    const session = await realm.session();
    const ordered = ['a', 'b'].map((trace) =>
      session.call('com.desk.order', [`tea ${trace}`], { kwargs: { traceparent: trace } }),
    );
    expect(await Promise.all(ordered)).toEqual(['ordered tea a', 'ordered tea b']);
    await realm.settle();
    for (const trace of ['a', 'b']) {
      expect(seen.filter(([, own]) => own === trace).map(([where]) => where)).toEqual(['desk', 'store', 'store']);
    }
    await realm.close();
  });
});

@component({ prefix: 'com.talking' })
class Talking {
  constructor(
    private readonly log: Logger,
    private readonly session: Session,
  ) {}

  @register('say')
  say(what: string, call: CallDetails): void {
    this.log.info('outside');
    call.log.info({ what }, 'inside');
  }

  @register('fail')
  fail(): void {
    throw new Error('broken');
  }

  @subscribe('heard')
  heard(event: EventDetails): void {
    event.log.info('heard');
  }

  @register('outlive')
  async outlive(call: CallDetails): Promise<void> {
    await this.session.disconnect();
    call.log.info('outlived');
  }
}

describe('the log of a handler', () => {
  test('says which call or event it is about, besides component, realm and session', async () => {
    const log = new Notes();
    const realm = createTestRealm({ log, disclosure: 'always' });
    await realm.start(Talking);
    const session = await realm.session();
    await session.call('com.talking.say', ['hello']);
    session.publish('com.talking.heard');
    await realm.settle();
    const own = log.lines.filter(({ text }) => ['inside', 'outside', 'heard'].includes(String(text)));
    const where = { component: 'Talking', realm: 'realm1', session: expect.any(Number) };
    expect(own).toEqual([
      { ...where, text: 'outside' },
      expect.objectContaining({
        ...where,
        procedure: 'com.talking.say',
        request: 1,
        caller: session.details?.session,
        what: 'hello',
        text: 'inside',
      }),
      expect.objectContaining({
        ...where,
        topic: 'com.talking.heard',
        publication: expect.any(Number),
        publisher: session.details?.session,
        text: 'heard',
      }),
    ]);
    await realm.close();
  });

  test('a fault of a handler is told with the call that it happened in', async () => {
    const log = new Notes();
    const realm = createTestRealm({ log });
    await realm.start(Talking);
    const session = await realm.session();
    await expect(session.call('com.talking.fail')).rejects.toMatchObject({ error: 'wamp.error.runtime_error' });
    expect(log.lines.filter(({ text }) => text === 'procedure com.talking.fail')).toMatchObject([
      { component: 'Talking', procedure: 'com.talking.fail', request: 1, err: { message: 'broken' } },
    ]);
    await realm.close();
  });

  test('of a call that outlives its session, it is that session that is told', async () => {
    const log = new Notes();
    const realm = createTestRealm({ log, leftovers: 'ignore' });
    const talking = await realm.start(Talking);
    const first = talking.session?.details?.session;
    const session = await realm.session();
    await expect(session.call('com.talking.outlive')).rejects.toMatchObject({ error: 'wamp.error.canceled' });
    await realm.advance(2_000);
    expect(talking.session?.details?.session).not.toBe(first);
    expect(log.lines.filter(({ text }) => text === 'outlived')).toMatchObject([{ session: first, request: 1 }]);
    await realm.close();
  });
});

@component({ prefix: 'com.eager' })
class Eager {
  constructor(private readonly session: Session) {}

  onJoin(): Promise<unknown> {
    return this.session.call('com.eager.ready');
  }

  @register('ready')
  ready(): boolean {
    return true;
  }
}

@component({ prefix: 'com.lost' })
class Lost {
  constructor(private readonly session: Session) {}

  onJoin(): Promise<unknown> {
    return this.session.call('com.somebody.else');
  }
}

describe('an onJoin that calls', () => {
  test('what the component itself is about to register is told so', async () => {
    const log = new Notes();
    const realm = createTestRealm({ log, leftovers: 'ignore' });
    await realm.start(Eager, { until: 'started' });
    await realm.settle();
    const [error] = errorsOf('onJoin', log);
    expect(error?.message).toBe(
      'wamp.error.no_such_procedure: onJoin called com.eager.ready, which this component offers itself: its procedures are registered after onJoin has finished. Call it in onReady, or call the method',
    );
    await realm.close();
  });

  test("what is nobody's is told as it is", async () => {
    const log = new Notes();
    const realm = createTestRealm({ log, leftovers: 'ignore' });
    await realm.start(Lost, { until: 'started' });
    await realm.settle();
    const [error] = errorsOf('onJoin', log);
    expect(error?.message).not.toContain('offers itself');
    expect(error).toMatchObject({
      error: 'wamp.error.no_such_procedure',
      details: { procedure: 'com.somebody.else' },
    });
    await realm.close();
  });
});

@component({ prefix: 'com.store' })
class Store {
  static calls = 0;
  static answer: () => unknown = () => 0;
  static release: (() => void)[] = [];

  /** From here on nobody is answered before the test says so. */
  static stall(): void {
    Store.calls = 0;
    Store.answer = () => new Promise<void>((resolve) => Store.release.push(resolve));
  }

  /** From here on everybody is answered, and who was not before is so now. */
  static serve(): void {
    Store.answer = () => 7;
    for (const resolve of Store.release.splice(0)) resolve();
  }

  @register('left', { idempotent: true })
  left(_article: string): unknown {
    Store.calls++;
    return Store.answer();
  }

  @register('sell')
  sell(_article: string): unknown {
    Store.calls++;
    return Store.answer();
  }
}

describe('a call that is lost on the way', () => {
  test('is made again where the class says that this does no harm, and only there', async () => {
    const realm = createTestRealm();
    const store = await realm.start(Store);
    const session = await realm.session();
    const remote = session.remote(Store, { timeout: 20_000 });
    Store.stall();
    const left = remote.left('tea');
    const sold = remote.sell('tea');
    const failed = expect(sold).rejects.toMatchObject({ error: 'wamp.error.canceled', executed: 'maybe' });
    await realm.settle();
    expect(Store.calls).toBe(2);
    await realm.drop(store);
    await failed;
    Store.serve();
    await realm.advance(5_000);
    expect(await left).toBe(7);
    expect(Store.calls).toBe(3);
    await realm.close();
  });

  test('the same where it is the caller whose connection broke', async () => {
    const realm = createTestRealm();
    await realm.start(Store);
    const session = await realm.session({ callTimeout: 20_000 });
    Store.stall();
    const left = session.remote(Store).left('tea');
    const sold = session.remote(Store).sell('tea');
    const failed = expect(sold).rejects.toMatchObject({ code: 'WAMP_TRANSPORT_LOST', executed: 'maybe' });
    await realm.settle();
    await realm.drop(session);
    await failed;
    Store.serve();
    await realm.advance(5_000);
    expect(await left).toBe(7);
    expect(Store.calls).toBe(3);
    await realm.close();
  });
});

@component({ prefix: 'com.patient' })
class Patient {
  constructor(private readonly session: Session) {}

  @register('ask')
  async ask(): Promise<string> {
    try {
      return String(await this.session.call('com.store.sell', ['tea']));
    } catch (error) {
      return (error as Error).message;
    }
  }
}

test('a component waits for its calls as long as its configuration says', async () => {
  const realm = createTestRealm();
  await realm.start(Store);
  await realm.start(Patient, { callTimeout: 3_000 });
  Store.stall();
  const session = await realm.session();
  const asked = session.call('com.patient.ask');
  await realm.advance(2_999);
  let answered = false;
  void asked.then(() => {
    answered = true;
  });
  await realm.settle();
  expect(answered).toBe(false);
  await realm.advance(1);
  expect(await asked).toBe('com.store.sell did not answer within 3000 ms');
  Store.serve();
  await realm.close();
});
