import type { CallOptions } from './options.js';
import type { StreamNames } from './remote-types.js';

/** How all calls of a typed caller go out, and what is to be known of the component besides its contract. */
export interface RemoteOptions extends Omit<CallOptions, 'kwargs' | 'onProgress' | 'details' | 'idempotent'> {
  /** What the component's URIs depend on, where they do. Default: what the component itself says. */
  extra?: unknown;
  /**
   * Methods that do no more when they are called twice than when they are called once: then calls that fail with what may
   * pass are made again (`CallOptions.idempotent`). `true`: all of them; `false`: none. Default: what the component says
   * of its procedures, with `@register('…', { idempotent: true })`.
   */
  idempotent?: boolean | Readonly<Record<string, boolean>> | undefined;
  /** The values of named parts in its URIs: `{ id: 7 }` for `com.shop.orders.<id:int>.cancel`. */
  params?: Readonly<Record<string, string | number>> | undefined;
  /**
   * Methods that answer with progressive results though nothing at run time says so: of a contract that is a type alone,
   * and methods that hand on another's generator. Default: those that are async generators by their own word.
   */
  streams?: Readonly<Record<string, true>> | undefined;
}

/** What goes with a prefix: where the contract has generators, they must be named. */
export type PrefixArguments<C> = [StreamNames<C>] extends [never]
  ? [options?: RemoteOptions]
  : [options: Omit<RemoteOptions, 'streams'> & { streams: { readonly [M in StreamNames<C>]: true } }];
