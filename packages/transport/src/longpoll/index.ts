/**
 * WAMP over HTTP long-poll, for Node: opening and listening.
 *
 * @packageDocumentation
 */
export { type LongPollOptions, longpoll } from './connector.js';
export { type LongPollListenerOptions, longpollListener } from './listener.js';
export type { LongPollServerOptions } from './listener-settings.js';
export type { LongPollConnectionOptions } from './settings.js';
