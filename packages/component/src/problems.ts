import { InvalidConfiguration } from '@wamp-run/protocol';

/** Everything that is wrong with one class, said in one error. */
export class Problems {
  readonly #subject: string;
  readonly #sentences: string[] = [];

  /** @param subject `class MathService` */
  constructor(subject: string) {
    this.#subject = subject;
  }

  /**
   * Said once, however often it is found.
   *
   * @param place `add()`, `@component`, `constructor`
   */
  add(place: string, sentence: string): void {
    const whole = `${place}: ${sentence}`;
    if (!this.#sentences.includes(whole)) this.#sentences.push(whole);
  }

  /** Throws an InvalidConfiguration with all of them, if there are any. */
  throwIfAny(): void {
    const [first, ...others] = this.#sentences;
    if (first === undefined) return;
    if (others.length === 0) throw new InvalidConfiguration(`${this.#subject}, ${first}`);
    const list = this.#sentences.map((sentence) => `\n- ${sentence}`).join('');
    throw new InvalidConfiguration(`${this.#subject} has ${others.length + 1} problems:${list}`);
  }
}
