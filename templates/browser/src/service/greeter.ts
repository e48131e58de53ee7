import { CallDetails, component, error, register, Session } from '@wamp-run/component';

/** Callers get `com.example.greeter.error.no_name`, with the message as its argument. */
@error('com.example.greeter.error.no_name')
export class NoName extends Error {}

// Injected classes (CallDetails, Session) are imported without `type`: the compiler writes them down for run time.
@component({ prefix: 'com.example.greeter' })
export class Greeter {
  #greeted = 0;

  constructor(private readonly session: Session) {}

  /** A caller that sends anything but one string gets wamp.error.type_check_error. */
  @register('hello')
  hello(name: string): string {
    if (name.trim() === '') throw new NoName('whom shall I greet?');
    this.#greeted += 1;
    this.session.publish('com.example.greeter.greeted', [name, this.#greeted]);
    return `Hello, ${name}!`;
  }

  /** Each yield reaches a caller that asked for progress; what is returned is the result. */
  @register('countdown')
  async *countdown(from: number, call: CallDetails): AsyncGenerator<number, string> {
    for (let left = from; left > 0; left -= 1) {
      if (call.signal.aborted) return 'called off';
      yield left;
    }
    return 'go';
  }
}
