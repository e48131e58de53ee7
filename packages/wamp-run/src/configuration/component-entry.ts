import type { TlsClientOptions } from '@wamp-run/transport/websocket';
import type { InterceptorSource } from '../interceptors.js';
import { SERIALIZER_NAMES, type SerializerName } from '../serializer-names.js';
import type { Shape } from './shape.js';

/** A way to a router: its URL, or the URL with what goes along. The URL's scheme names the wire. */
export type TransportConfig =
  | string
  | {
      /** `ws://…`, `wss://…`, `rs://…`, `rss://…`, `unix:…`, `http://…`, `https://…` */
      readonly url: string;
      /** What is offered, the preferred one first. Default: `cbor`, `msgpack`, `json`; over HTTP their batched forms before them. */
      readonly serializers?: readonly SerializerName[];
      /** For `wss:`, `rss:` and `https:`. Certificates and keys are PEM text. Default: what Node trusts. */
      readonly tls?: Pick<TlsClientOptions, 'servername' | 'rejectUnauthorized' | 'minVersion'> & {
        readonly ca?: string;
        readonly cert?: string;
        readonly key?: string;
      };
      /** HTTP headers of the opening request (WebSocket), or of every request (long-poll). */
      readonly headers?: Readonly<Record<string, string>>;
      /** An HTTP proxy, for WebSocket: `http://host:port`. */
      readonly proxy?: string;
    };

/** A component that the configuration lists. What it says wins over the component's decorator, and that over the process. */
export interface ComponentEntry {
  /** The built JavaScript file. From a file of configuration: relative to that file. */
  readonly path: string;
  /** Which export of the file. Default: all of its components, or the one that has this `name`. */
  readonly export?: string;
  /** What it is called in logs, in the status and in `logLevels`. Default: the component's own name. */
  readonly name?: string;
  /** Default: the component's own, or else the process's. */
  readonly realm?: string;
  /** Ways to the router, tried in turn. Default: the process's. */
  readonly transports?: readonly TransportConfig[];
  /** What the component has as `config.extra`. Default: its decorator's. */
  readonly extra?: unknown;
  /** Milliseconds that its calls have which do not say so themselves; 0: no limit. Default: the process's. */
  readonly callTimeout?: number;
  /**
   * Code of one's own around its calls, publications, invocations and events, within that of the process: built files that
   * export `interceptors`, or from JavaScript the interceptors themselves. Default: none.
   */
  readonly interceptors?: readonly InterceptorSource[];
}

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

const URL_TEXT: Shape = {
  kind: 'text',
  what: "a router's URL",
  doc: 'The URL of a router; its scheme names the wire.',
};
const pem = (what: string): Shape => ({ kind: 'text', what: 'PEM text', doc: what });

export const TRANSPORT_SHAPE: Shape = {
  kind: 'either',
  text: URL_TEXT,
  keys: {
    kind: 'keys',
    needs: ['url'],
    keys: {
      url: URL_TEXT,
      serializers: {
        kind: 'list',
        least: 1,
        what: 'a list of serializers',
        of: { kind: 'word', words: SERIALIZER_NAMES },
        doc: 'What is offered, the preferred one first.',
      },
      tls: {
        kind: 'keys',
        doc: 'For wss:, rss: and https:.',
        keys: {
          ca: pem('The authorities that the router is checked against, PEM.'),
          cert: pem('The certificate that is shown to the router, PEM.'),
          key: { kind: 'text', what: 'PEM text', doc: 'The private key of cert, PEM.', secret: true },
          servername: { kind: 'text', what: 'a host name', doc: "The name that the router's certificate must have." },
          rejectUnauthorized: { kind: 'switch', doc: 'Whether a router that cannot be verified is refused.' },
          minVersion: {
            kind: 'word',
            words: ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'],
            doc: 'The lowest TLS version.',
          },
        },
      },
      headers: {
        kind: 'map',
        what: 'an object with a text for each header',
        of: { kind: 'text', what: 'a text', secret: true },
        doc: 'HTTP headers, for WebSocket and long-poll.',
      },
      proxy: { kind: 'text', what: 'http://host:port', doc: 'An HTTP proxy, for WebSocket.' },
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
      path: true,
      doc: 'The built JavaScript file, relative to this file.',
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
    extra: { kind: 'anything', doc: "What the component has as config.extra; wins over its decorator's." },
    callTimeout: { ...CALL_TIMEOUT_SHAPE, doc: "How long its calls wait for a result (ms); wins over the process's." },
    interceptors: {
      ...INTERCEPTORS_SHAPE,
      doc: 'Files that export interceptors; those of the process are around them.',
    },
  },
};
