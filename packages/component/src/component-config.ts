import type { PayloadKeys } from '@wamp-run/protocol';

/** The runtime that hosts a component, as its components see it. */
export interface Controller {
  /** The components of this runtime, with their present states. */
  components(): readonly { name: string; state: string }[];
  /** Drains and stops the runtime with all of its components. Any number of times. */
  stop(): Promise<void>;
}

/** The program that started a component. */
export interface Runner {
  readonly name: string;
  readonly version: string;
}

/** What a `ComponentConfig` is made of. */
export interface ComponentConfigFields {
  readonly realm: string;
  readonly extra?: unknown;
  readonly keyring?: PayloadKeys | undefined;
  readonly controller: Controller;
  readonly shared: Map<string, unknown>;
  readonly runner: Runner;
}

/**
 * What the configuration says of one component. A class, so that decorator metadata can name it in a constructor.
 *
 * @example constructor(private readonly config: ComponentConfig) {}
 */
export class ComponentConfig {
  /** The realm that the component joins. */
  readonly realm: string;
  /** What the configuration entry, or else `@component({ extra })`, hands to the component. Of any shape: check it. */
  readonly extra: unknown;
  /**
   * Which URIs are encrypted end to end, and with which key: never the keys themselves. The session does it already.
   * Undefined where the component has no key ring.
   */
  readonly keyring: PayloadKeys | undefined;
  /** The hosting runtime. */
  readonly controller: Controller;
  /** One map for all components of a process. */
  readonly shared: Map<string, unknown>;
  /** What started the component. */
  readonly runner: Runner;

  constructor(fields: ComponentConfigFields) {
    this.realm = fields.realm;
    this.extra = fields.extra;
    this.keyring = fields.keyring;
    this.controller = fields.controller;
    this.shared = fields.shared;
    this.runner = fields.runner;
  }
}
