import type { Message, Transport, TransportHandler } from '@wamp-run/protocol';

/** A transport that takes its time to close, and delivers what was under way until then. */
export class StubbornTransport implements Transport {
  readonly details = {
    wire: 'memory',
    peer: 'stubborn',
    serializer: 'none',
    protocol: 'memory',
    secure: false,
  } as const;
  readonly queuedBytes = 0;
  readonly sent: Message[] = [];
  closing = 0;
  #handler: TransportHandler | undefined;

  start(handler: TransportHandler): void {
    this.#handler = handler;
  }

  send(message: Message): void {
    this.sent.push(message);
  }

  close(): Promise<void> {
    this.closing += 1;
    return new Promise(() => {});
  }

  /** Delivers at once. */
  deliver(message: Message): void {
    this.#handler?.message(message);
  }

  /** At last. */
  end(): void {
    this.#handler?.closed({ clean: true, reason: 'closed by the test' });
  }
}
