import { type Connector, type Transport, TransportLost } from '@wamp-run/protocol';
import { memoryPair } from './pair.js';

/**
 * Connects to something in the same process: every `connect` makes a pair of memory transports, hands one end to
 * `attach` and resolves with the other. Rejects with TransportLost where `attach` throws, with `stop.reason` when stopped.
 *
 * @param attach takes the far end, as a router's `attach` does
 * @example
 * const connector = memoryConnector((transport) => router.attach(transport));
 */
export function memoryConnector(attach: (transport: Transport) => void): Connector {
  return {
    address: 'memory',
    async connect(stop) {
      if (stop.aborted) throw stop.reason;
      const [near, far] = memoryPair();
      try {
        attach(far);
      } catch (cause) {
        void near.close();
        const text = cause instanceof Error ? cause.message : String(cause);
        throw new TransportLost(`cannot connect to memory: ${text}`, { cause, executed: 'no' });
      }
      return near;
    },
  };
}
