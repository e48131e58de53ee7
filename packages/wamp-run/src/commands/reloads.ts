import { Canceled, type Logger } from '@wamp-run/protocol';
import { mistakesAt } from '../configuration/mistakes.js';
import type { Configuration } from '../configuration/read.js';
import type { Reloaded } from '../running-components.js';
import { linesOf } from '../world.js';

/** Puts a configuration into force. */
export type TakeOver = (configuration: Configuration) => Promise<Partial<Reloaded> & Pick<Reloaded, 'needRestart'>>;

/**
 * Reads the configuration again as often as it is asked to, one time after the other, and says in the log what came of it.
 * One with mistakes is refused, and the one before stays in force. While one is put into force the next is read: it gives up
 * what the one before still waits for.
 */
export class Reloads {
  readonly #readAgain: () => Promise<Configuration>;
  readonly #log: Logger;
  #takeOver: TakeOver | undefined;
  #asked = false;
  #reading = false;

  constructor(readAgain: () => Promise<Configuration>, log: Logger) {
    this.#readAgain = readAgain;
    this.#log = log;
  }

  /** From here on there is something to take over. Who has asked before is heard now. */
  begin(takeOver: TakeOver): void {
    this.#takeOver = takeOver;
    if (this.#asked) void this.#read(takeOver);
  }

  ask(): void {
    this.#asked = true;
    if (this.#takeOver !== undefined && !this.#reading) void this.#read(this.#takeOver);
  }

  async #read(takeOver: TakeOver): Promise<void> {
    this.#reading = true;
    while (this.#asked) {
      this.#asked = false;
      try {
        void this.#reload(await this.#readAgain(), takeOver);
      } catch (error) {
        this.#tellRefusal(linesOf(error));
      }
    }
    this.#reading = false;
  }

  async #reload(configuration: Configuration, takeOver: TakeOver): Promise<void> {
    try {
      this.#tell(await takeOver(configuration));
    } catch (error) {
      // The process is on its way out.
      if (error instanceof Canceled) return;
      this.#tellRefusal(linesOf(await mistakesAt(error, configuration.at)));
    }
  }

  #tell({ needRestart, failed = [], ...done }: Awaited<ReturnType<TakeOver>>): void {
    const log = this.#log;
    for (const key of needRestart) log.warn({ key }, `${key}: its new value holds from the next start of the process`);
    const givenUp: string[] = [];
    for (const { name, error } of failed) {
      // No failure: something else is wanted by now.
      if (error instanceof Canceled) givenUp.push(name);
      else log.error({ component: name, err: error }, `${name} cannot be changed: ${error.message}`);
    }
    if (givenUp.length === 0) log.info(done, 'configuration reloaded');
    else log.info({ ...done, givenUp }, 'configuration given up before all of it was in force');
  }

  #tellRefusal(mistakes: readonly string[]): void {
    for (const mistake of mistakes) this.#log.error({ mistake }, `configuration refused: ${mistake}`);
    this.#log.error({ mistakes: mistakes.length }, 'the configuration before stays in force');
  }
}
