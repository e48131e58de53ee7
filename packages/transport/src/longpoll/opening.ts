import type { Serializer } from '@wamp-run/protocol';

/** The body of a request to open a transport. */
export function openRequest(serializers: readonly Serializer[]): Uint8Array {
  return Buffer.from(JSON.stringify({ protocols: serializers.map(({ subprotocol }) => subprotocol) }));
}

/** The protocols that such a body offers, or undefined where it is none. */
export function protocolsIn(body: Buffer): readonly string[] | undefined {
  const { protocols } = dictIn(body) ?? {};
  if (!Array.isArray(protocols)) return undefined;
  return protocols.filter((each) => typeof each === 'string');
}

/** What the server has opened. */
export interface Opened {
  readonly protocol: string;
  /** The id of the transport: whoever knows it has the session. */
  readonly transport: string;
}

/** The body of the answer to such a request. */
export function openAnswer({ protocol, transport }: Opened): Uint8Array {
  return Buffer.from(JSON.stringify({ protocol, transport }));
}

/** What such an answer says, or undefined where it says it not. */
export function openedIn(body: Buffer): Opened | undefined {
  const { protocol, transport } = dictIn(body) ?? {};
  if (typeof protocol !== 'string' || typeof transport !== 'string') return undefined;
  return /^[^\s/?#]{1,256}$/.test(transport) && !/^\.{1,2}$/.test(transport) ? { protocol, transport } : undefined;
}

function dictIn(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
