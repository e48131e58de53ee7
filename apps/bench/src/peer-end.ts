import type { CallerReport, Load } from './call-load.js';
import { promisedLoad } from './call-load.js';
import { serve } from './child.js';
import { workOf } from './work.js';

/** What an end of a peer is started with. */
export interface PeerOptions {
  readonly role: 'callee' | 'caller';
  readonly url: string;
}

/** What the callee of a peer answers: a sum. */
export function add(args: readonly number[]): number {
  return work.answer(args as number[]) as number;
}

/** In a caller of a peer: takes loads from now on. `call` calls the sum of a and b. */
export function serveCalls(url: string, call: (args: number[]) => PromiseLike<unknown>): void {
  serve(
    url,
    (load: Load): Promise<CallerReport> =>
      promisedLoad(load, (n) =>
        call(work.args(n) as number[]).then((answer) => {
          if (!work.isRight(n, answer as number)) throw new Error(`a wrong answer to call ${n}`);
        }),
      ),
  );
}

const work = workOf('sum');
