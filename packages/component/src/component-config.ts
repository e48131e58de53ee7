import type { PayloadKeys } from '@wamp-run/protocol';

/** One component of a process, as its neighbours see it. */
export interface HostedComponentStatus {
  /** As the controller takes it. */
  readonly name: string;
  /** `starting`, `running`, `waiting`, `draining`, `stopped`, … */
  readonly state: string;
  readonly realm: string;
}

/** The runtime that hosts a component, as its components see it. */
export interface Controller {
  /** The components of this runtime, in their order, with their present states. */
  list(): readonly HostedComponentStatus[];
  /**
   * Has a component in service: one that was stopped, or has failed, is made anew. Resolves when it is in service.
   *
   * @throws (rejects) NoSuchComponent; why it failed; Canceled where the runtime is stopping
   */
  start(name: string): Promise<void>;
  /**
   * Drains and stops a component; without a name the runtime, with all of its components. When the last component has
   * ended, the runtime has, too. A handler that waits for the end of its own component holds that up until the grace is
   * over: it is better not waited for there.
   *
   * @throws (rejects) NoSuchComponent
   */
  stop(name?: string): Promise<void>;
  /**
   * Has a new instance of a component in its place: it comes into service, takes over, and the old one finishes what it is
   * doing. Where it does not come into service, the old one serves on. What holds of waiting for `stop` holds here.
   *
   * @throws (rejects) as `start`
   */
  restart(name: string): Promise<void>;
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
