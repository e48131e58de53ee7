import type { TlsClientOptions } from '@wamp-run/transport/websocket';
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
