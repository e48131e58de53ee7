import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of the benchmark's. */
export interface Child<Answer = unknown> {
  /** Where it listens, for one that does. */
  readonly url: string;
  /** Sends it a piece of work, and resolves with its report. Rejects when it says that the work failed, or dies. */
  ask<A = Answer>(work: unknown): Promise<A>;
  stop(): void;
}

/** How a process is started. */
export interface ChildOptions {
  /** Flags for Node. */
  readonly flags?: readonly string[];
  /** The file to run. Default: the one of its name in `processes`. */
  readonly file?: string | undefined;
}

/** Milliseconds for a process to say that it is ready. */
const START_TIMEOUT = 60_000;

/** Starts a program of `processes`, with options for it, and waits until it says that it is ready. */
export function startChild<Answer = unknown>(
  name: string,
  options: object,
  { flags = [], file }: ChildOptions = {},
): Promise<Child<Answer>> {
  const program = file ?? fileURLToPath(new URL(`./processes/${name}.js`, import.meta.url));
  const child = fork(program, [JSON.stringify(options)], { execArgv: [...process.execArgv, ...flags] });
  let waiting: { resolve(answer: never): void; reject(error: Error): void } | undefined;
  let over: Error | undefined;
  const next = <T>() =>
    new Promise<T>((resolve, reject) => {
      waiting = { resolve, reject };
      if (over !== undefined) reject(over);
    });
  const fail = (error: Error) => {
    over ??= error;
    waiting?.reject(error);
  };
  child.on('message', (message: { answer?: unknown; error?: string }) => {
    if (message.error === undefined) waiting?.resolve(message.answer as never);
    else waiting?.reject(new Error(`${name}: ${message.error}`));
  });
  child.on('exit', (code, signal) => fail(new Error(`the process '${name}' ended with ${code ?? signal}`)));
  const late = setTimeout(() => {
    fail(new Error(`the process '${name}' was not ready within ${START_TIMEOUT} ms`));
    child.kill('SIGKILL');
  }, START_TIMEOUT);
  // So that its profile, where one is asked for, is written: it ends by itself.
  const stop = () => {
    if (child.connected) child.disconnect();
  };
  return next<string>()
    .finally(() => clearTimeout(late))
    .then(
      (url) => ({
        url,
        ask: <A = Answer>(work: unknown) => {
          const answer = next<A>();
          if (over === undefined) child.send(work as object);
          return answer;
        },
        stop,
      }),
      (error: unknown) => {
        stop();
        throw error;
      },
    );
}

/** Several processes that go together: started one after the other, stopped all at once. */
export class Children {
  readonly #all: Child[] = [];

  async start<Answer = unknown>(name: string, options: object, how?: ChildOptions): Promise<Child<Answer>> {
    const child = await startChild<Answer>(name, options, how);
    this.#all.push(child);
    return child;
  }

  stop(): void {
    for (const child of this.#all.reverse()) child.stop();
  }
}

/** In a child: the options that it was started with. */
export function optionsOf<T>(): T {
  return JSON.parse(process.argv[2] ?? '{}') as T;
}

/** In a child: says that it is ready, and does what it is asked from then on. */
export function serve(url: string, work?: (load: never) => unknown): void {
  process.on('message', (load) => {
    void Promise.resolve()
      .then(() => work?.(load as never))
      .then(
        (answer) => process.send?.({ answer }),
        (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
      );
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ answer: url });
}
