import { ComponentConfig, component, register } from '@wamp-run/component';

/** One of several that share a procedure. Each packs one order at a time; what comes meanwhile goes to the next, or waits. */
@component({ prefix: 'com.example.packing', extra: { station: 1 } })
export class Packer {
  readonly #station: number;

  constructor(config: ComponentConfig) {
    this.#station = (config.extra as { station: number }).station;
  }

  @register('pack', { invoke: 'roundrobin', concurrency: 1 })
  pack(article: string, quantity: number): string {
    return `${quantity} ${article}, packed at station ${this.#station}`;
  }
}
