import { type Connector, type Transport, TransportLost, WampError } from '@wamp-run/protocol';

/**
 * Opens a transport. Rejects at once with the signal's reason when it aborts, however long the connector takes to
 * notice; a transport that it opens all the same is closed. What it rejects with is otherwise always a WampError.
 */
export function dial(connector: Connector, signal: AbortSignal): Promise<Transport> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason);
    signal.addEventListener('abort', aborted, { once: true });
    const opened = (transport: Transport) => {
      signal.removeEventListener('abort', aborted);
      // Nobody wants it any more, and nobody would hear that closing it failed.
      if (signal.aborted) transport.close().then(undefined, () => {});
      else resolve(transport);
    };
    const failed = (error: unknown) => {
      signal.removeEventListener('abort', aborted);
      reject(error instanceof WampError ? error : unreachable(connector.address, error));
    };
    try {
      connector.connect(signal).then(opened, failed);
    } catch (error) {
      failed(error);
    }
  });
}

function unreachable(address: string, cause: unknown): TransportLost {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new TransportLost(`cannot connect to ${address}: ${text}`, { cause, executed: 'no' });
}
