import type { ExposeErrors, Interceptor, Retry } from '@wamp-run/client';
import type { ComponentConfigFields, ConfiguredDescription, ProcessScope } from '@wamp-run/component';
import type {
  ClientAuthenticator,
  Clock,
  Connector,
  Logger,
  PayloadCodec,
  PayloadForm,
  PayloadKeys,
  Random,
} from '@wamp-run/protocol';
import type { ComponentRun } from './component-run.js';
import type { ComponentState } from './component-states.js';
import type { EventOverlap } from './event-overlap.js';
import type { LoadedComponent } from './load.js';
import type { Blocked, Watch } from './watch.js';

/** How a component's payloads are encrypted from end to end. */
export interface ComponentEncryption {
  readonly codec: PayloadCodec;
  /** How encrypted payloads go out. */
  readonly payloadForm: PayloadForm;
  /** What the component sees of the keys, as `config.keyring`. */
  readonly keyring: PayloadKeys;
}

export interface ComponentRunOptions {
  readonly name: string;
  readonly loaded: LoadedComponent;
  /** With the URIs that it has under its configuration. */
  readonly configured: ConfiguredDescription;
  /** What it shares with the other components of its package. */
  readonly process: ProcessScope;
  /** How its last life ended. Default: `idle`, there was none. */
  readonly after?: ComponentState;
  /** The life that it takes over from, while that goes on serving. Default: none. */
  readonly before?: ComponentRun;
  /** The events that both of them get. */
  readonly overlap?: EventOverlap;
  /** What the component sees as its `ComponentConfig`. */
  readonly config: ComponentConfigFields;
  readonly connectors: readonly Connector[];
  readonly authenticators: readonly ClientAuthenticator[] | undefined;
  readonly encryption: ComponentEncryption | undefined;
  readonly retry: Retry | undefined;
  readonly exposeErrors: ExposeErrors | undefined;
  /** The outermost first. */
  readonly interceptors: readonly Interceptor[];
  /** Milliseconds that a call has which does not say so itself; undefined and 0: no limit. */
  readonly callTimeout: number | undefined;
  readonly grace: number;
  /** How long after a join it may take until all it offers is there (ms). 0: for ever. */
  readonly startTimeout: number;
  readonly watch: Watch;
  /** It has failed in a way that another life may mend. Whether there will be one. */
  readonly again: (run: ComponentRun, error: Error) => boolean;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** What is known of one life of a component. */
export interface RunStatus {
  readonly name: string;
  readonly state: ComponentState;
  readonly realm: string;
  readonly procedures: readonly string[];
  readonly topics: readonly string[];
  /** Of these procedures and topics those that are not in service now: all of them while there is no session. */
  readonly missing: readonly string[];
  /** Whether it has been joined since it was started, be it in service by now or not. */
  readonly joined: boolean;
  /** Invocations and events being handled now. */
  readonly running: number;
  /** Of these, invocations and events that have taken longer than `slowAfter` so far. */
  readonly slow: number;
  /** The last time that it kept the event loop for longer than `blockedAfter`; undefined: not within the last minute. */
  readonly blocked: Blocked | undefined;
  /** Why it failed, or why its last attempt to join did. */
  readonly error: Error | undefined;
}

/** How a life ended. */
export interface LifeEnd {
  /** Why, where it failed. */
  readonly error: Error | undefined;
  /** It failed, and another one follows. */
  readonly again: boolean;
}
