import type { RestartPolicy } from '@wamp-run/runtime';
import type { InterceptorSource } from '../interceptors.js';
import { AUTHENTICATION_SHAPE, type Authentication } from './authentication.js';
import type { Shape } from './shape.js';
import { TRANSPORT_SHAPE, type TransportConfig } from './transport-config.js';

/** A component that the configuration lists. What it says wins over the component's decorator, and that over the process. */
export interface ComponentEntry {
  /** The file: built JavaScript, or TypeScript where @oxc-node/core is. From a file of configuration: relative to that file. */
  readonly path: string;
  /** Which export of the file. Default: all of its components, or the one that has this `name`. */
  readonly export?: string;
  /** What it is called in logs, in the status and in `logLevels`. Default: the component's own name. */
  readonly name?: string;
  /** Default: the component's own, or else the process's. */
  readonly realm?: string;
  /** Ways to the router, tried in turn. Default: the process's. */
  readonly transports?: readonly TransportConfig[];
  /**
   * How it logs in, by method, the preferred one first. Default: the process's login at the process's router, and as
   * anonymous at one of its own.
   */
  readonly authentication?: Authentication;
  /** What the component has as `config.extra`. Default: its decorator's. */
  readonly extra?: unknown;
  /** The file of keys that its arguments are encrypted by, as `wamp-run keygen keyring` makes it. Default: the process's. */
  readonly keyring?: string;
  /** When it fails: how often, and how soon, it is started anew. Default: 5 times a minute, after 200 ms and then longer. */
  readonly restart?: 'never' | RestartPolicy;
  /** Whether its failure ends the process, after all others were drained. Default: false. */
  readonly critical?: boolean;
  /** What has to be in service before it starts: components by their names, procedures by their URIs. Default: nothing. */
  readonly requires?: readonly string[];
  /** How many of it run side by side; more than one needs a shared `invoke` at every procedure. Default: 1. */
  readonly instances?: number;
  /** Milliseconds after which a component that is joined, but not in service, has failed. 0: never. Default: 60 000. */
  readonly startTimeout?: number;
  /** Milliseconds that its calls have which do not say so themselves; 0: no limit. Default: the process's. */
  readonly callTimeout?: number;
  /**
   * Code of one's own around its calls, publications, invocations and events, within that of the process: built files that
   * export `interceptors`, or from JavaScript the interceptors themselves. Default: none.
   */
  readonly interceptors?: readonly InterceptorSource[];
}

/** A timer takes no longer delay. */
const LONGEST = 2 ** 31 - 1;

/** A time for calls. */
export const CALL_TIMEOUT_SHAPE: Shape = { kind: 'number', what: 'a number of milliseconds (0 or more)', least: 0 };

export const INTERCEPTORS_SHAPE: Shape = {
  kind: 'list',
  what: 'a list of files that export interceptors',
  of: {
    kind: 'either',
    text: { kind: 'text', what: 'the path of a built file', path: true },
    keys: { kind: 'code', what: 'an interceptor' },
  },
};

/** A time that a timer can take. */
export const MS_SHAPE: Shape = { kind: 'number', what: `milliseconds (0 to ${LONGEST})`, least: 0, most: LONGEST };

const ms = (doc: string): Shape => ({ ...MS_SHAPE, doc });

const RESTART_SHAPE: Shape = {
  kind: 'either',
  doc: 'When it fails: never, or how often and how soon it is started anew.',
  text: { kind: 'word', words: ['never'] },
  keys: {
    kind: 'keys',
    keys: {
      limit: {
        kind: 'number',
        what: 'a whole number',
        least: 0,
        doc: 'How many restarts there may be within window; default: 5.',
      },
      window: ms('Milliseconds that restarts count for; default: 60 000.'),
      delay: ms('Milliseconds before the first restart, doubled with each further one; default: 200.'),
      maxDelay: ms('Milliseconds that no delay exceeds; default: 30 000.'),
    },
  },
};

export const COMPONENT_SHAPE: Shape = {
  kind: 'keys',
  needs: ['path'],
  keys: {
    path: {
      kind: 'text',
      what: 'the path of a built file',
      doc: 'The file, built JavaScript or TypeScript, relative to this file.',
      path: true,
    },
    export: { kind: 'text', what: 'the name of an export', doc: 'Which export; default: every component of the file.' },
    name: { kind: 'text', what: 'a name', doc: 'What it is called; or which component of the file it is.' },
    realm: { kind: 'text', what: 'a realm', doc: "The realm; wins over the decorator's and the process's." },
    transports: {
      kind: 'list',
      least: 1,
      what: 'a list of URLs, or of objects with a url',
      of: TRANSPORT_SHAPE,
      doc: "Ways to the router, tried in turn; default: the process's.",
    },
    authentication: AUTHENTICATION_SHAPE,
    extra: { kind: 'anything', doc: "What the component has as config.extra; wins over its decorator's." },
    keyring: {
      kind: 'text',
      what: 'a file of keys',
      doc: "The file of keys that its arguments are encrypted by, relative to this file; default: the process's.",
      path: true,
    },
    restart: RESTART_SHAPE,
    critical: {
      kind: 'switch',
      doc: 'Whether its failure ends the process, after all others were drained; default: false.',
    },
    requires: {
      kind: 'list',
      what: 'a list of names of components and URIs of procedures',
      of: { kind: 'text', what: 'the name of a component, or the URI of a procedure' },
      doc: 'What has to be in service before it starts; default: nothing.',
    },
    instances: {
      kind: 'number',
      what: 'a whole number from 1 to 1024',
      least: 1,
      most: 1_024,
      doc: 'How many of it run side by side; more than one needs a shared invoke at every procedure; default: 1.',
    },
    startTimeout: ms(
      'Milliseconds after which a component that is joined, but not in service, has failed; 0: never; default: 60 000.',
    ),
    callTimeout: { ...CALL_TIMEOUT_SHAPE, doc: "How long its calls wait for a result (ms); wins over the process's." },
    interceptors: {
      ...INTERCEPTORS_SHAPE,
      doc: 'Files that export interceptors; those of the process are around them.',
    },
  },
};
