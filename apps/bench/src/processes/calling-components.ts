// A component that adds, and one that asks it to.
import { component, register, Session } from '@wamp-run/component';
import type { Load } from '../call-load.js';
import { serve } from '../child.js';
import { type LocalReport, localLoad } from '../local-load.js';
import { workOf } from '../work.js';

const work = workOf('sum');

@component({ prefix: 'com.example.adder' })
export class Adder {
  @register('add')
  add(a: number, b: number): number {
    return a + b;
  }
}

@component()
export class Asking {
  constructor(private readonly session: Session) {}

  onJoin(): void {
    serve('', (load: Load): Promise<LocalReport> => localLoad(load, (n) => this.#call(n)));
  }

  async #call(n: number): Promise<void> {
    const answer = await this.session.call<number>('com.example.adder.add', work.args(n));
    if (!work.isRight(n, answer)) throw new Error(`a wrong answer to call ${n}`);
  }
}
