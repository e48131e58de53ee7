/**
 * Components inside another program, run as the `wamp-run` command runs them, and a way in for who calls them.
 *
 * @packageDocumentation
 */
export type { Client } from '@wamp-run/client';
export { type ConnectOptions, connect } from './connect.js';
export { EXIT } from './exit-codes.js';
export { type Running, type StartOptions, start } from './start.js';
