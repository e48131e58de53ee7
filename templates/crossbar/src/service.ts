import { component, error, Logger, register, Session, type SessionDetails } from '@wamp-run/component';

/** Callers get `com.example.notes.error.empty`, with the message as its argument. */
@error('com.example.notes.error.empty')
export class EmptyNote extends Error {}

// Injected classes (Logger, Session) are imported without `type`: the compiler writes them down for run time.
@component({ prefix: 'com.example.notes' })
export class Notes {
  readonly #notes: string[] = [];

  constructor(
    private readonly session: Session,
    private readonly log: Logger,
  ) {}

  /** Whom the router takes it for. */
  onJoin({ authid, authrole, realm }: SessionDetails): void {
    this.log.info({ realm, authid, authrole }, 'joined');
  }

  /** Returns how many there are now. */
  @register('add')
  add(text: string): number {
    if (text.trim() === '') throw new EmptyNote('there is nothing in it');
    const count = this.#notes.push(text);
    this.session.publish('com.example.notes.added', [text, count]);
    return count;
  }

  @register('list')
  list(): string[] {
    return this.#notes;
  }
}
