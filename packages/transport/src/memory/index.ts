/**
 * Two sessions of one process, joined without a wire: messages are handed over as they are, their data copied.
 *
 * @packageDocumentation
 */
export { memoryConnector } from './connector.js';
export { memoryPair } from './pair.js';
