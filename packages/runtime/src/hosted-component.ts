import { Canceled } from '@wamp-run/protocol';
import { ComponentRun, type ComponentRunOptions, type ComponentStatus } from './component-run.js';

export interface HostedComponentOptions {
  readonly run: Omit<ComponentRunOptions, 'after'>;
  /** A life has ended, and nobody is about to begin another. */
  readonly ended: (component: HostedComponent, error: Error | undefined) => void;
  /** Whether the runtime is stopping, or has stopped: nothing is started any longer. */
  readonly stopping: () => boolean;
}

/** One component of a runtime, over as many lives as it is given: each with an instance and a client of its own. */
export class HostedComponent {
  readonly #options: HostedComponentOptions;
  #run: ComponentRun;
  /** Between two lives: its end is not the end. */
  #restarting = false;
  #begun = false;

  constructor(options: HostedComponentOptions) {
    this.#options = options;
    this.#run = new ComponentRun(options.run);
  }

  /** The present life, or the last. */
  get run(): ComponentRun {
    return this.#run;
  }

  get status(): ComponentStatus {
    return this.#run.status;
  }

  /** Nothing of it lives, and nothing is about to. */
  get over(): boolean {
    return this.#begun && !this.#restarting && isOver(this.status);
  }

  /** Begins its life, without waiting for anything. */
  begin(): void {
    this.#begun = true;
    const run = this.#run;
    run.start();
    void run.ended.then((error) => {
      if (!this.#restarting) this.#options.ended(this, error);
    });
  }

  /**
   * Has it in service: begins a new life where it has none. Rejects with why it failed, or with Canceled where the
   * runtime is stopping.
   */
  async start(): Promise<void> {
    this.#refuseWhileStopping();
    if (this.status.state === 'draining') {
      await this.#run.ended;
      this.#refuseWhileStopping();
    }
    if (isOver(this.status)) this.#beginAgain();
    await this.#run.settled;
    const { state, error } = this.status;
    if (state === 'failed' && error !== undefined) throw error;
  }

  /** Drains and stops it. Any number of times. */
  async stop(): Promise<void> {
    await this.#run.stop();
  }

  /** Stops it, and has a new instance in service. */
  async restart(): Promise<void> {
    this.#refuseWhileStopping();
    this.#restarting = true;
    try {
      await this.#run.stop();
    } finally {
      this.#restarting = false;
    }
    if (this.#options.stopping()) {
      this.#options.ended(this, undefined);
      this.#refuseWhileStopping();
    }
    if (isOver(this.status)) this.#beginAgain();
    await this.start();
  }

  #beginAgain(): void {
    this.#run = new ComponentRun({ ...this.#options.run, after: this.status.state });
    this.begin();
  }

  #refuseWhileStopping(): void {
    if (this.#options.stopping()) {
      throw new Canceled('the runtime is stopping; nothing is started any longer', { executed: 'no' });
    }
  }
}

function isOver({ state }: ComponentStatus): boolean {
  return state === 'stopped' || state === 'failed';
}
