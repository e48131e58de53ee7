/**
 * What proves an implementation of the protocol's interfaces, and what tests of sessions stand on.
 * The suites take the test runner's functions as arguments, so that any runner will do.
 *
 * @packageDocumentation
 */
export { FakeClock } from './fake-clock.js';
export { ScriptedPeer } from './scripted-peer.js';
export { type SerializerConformance, serializerConformance } from './serializer.js';
export {
  type TransportCapabilities,
  type TransportConformance,
  type TransportPair,
  transportConformance,
} from './transport.js';
