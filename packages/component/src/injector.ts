import type { Inject } from './provider.js';

/** What `setup` of a component without decorators gets injected: the way to everything else. */
export class Injector {
  readonly inject: Inject;

  constructor(inject: Inject) {
    this.inject = inject;
  }
}
