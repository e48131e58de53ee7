import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of the benchmark's. */
export interface Child<Answer> {
  /** Where it listens, for one that does. */
  readonly url: string;
  /** Sends it a piece of work, and resolves with its report. Rejects when it dies instead. */
  ask(work: unknown): Promise<Answer>;
  stop(): void;
}

/** Starts `<name>.js` beside this file and waits until it says that it is ready: `{ ready: url }`. */
export function startChild<Answer>(name: string, args: readonly string[]): Promise<Child<Answer>> {
  const child = fork(fileURLToPath(new URL(`./${name}.js`, import.meta.url)), [...args]);
  let waiting: { resolve(answer: never): void; reject(error: Error): void } | undefined;
  const next = <T>() =>
    new Promise<T>((resolve, reject) => {
      waiting = { resolve, reject };
    });
  child.on('message', (message: unknown) => {
    const answer = message as { error?: string };
    if (answer.error === undefined) waiting?.resolve(message as never);
    else waiting?.reject(new Error(`${name}: ${answer.error}`));
  });
  child.on('exit', (code) => waiting?.reject(new Error(`the process '${name}' ended with code ${code}`)));
  return next<{ ready: string }>().then(({ ready }) => ({
    url: ready,
    ask: (work) => {
      const answer = next<Answer>();
      child.send(work as object);
      return answer;
    },
    stop: () => child.kill(),
  }));
}

/** In a child: says that it is ready, and does what it is asked from then on. */
export function serve(url: string, work?: (load: never) => Promise<unknown>): void {
  process.on('message', (load) => {
    void work?.(load as never).then(
      (report) => process.send?.(report),
      (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : String(error) }),
    );
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ ready: url });
}
