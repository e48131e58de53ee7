/**
 * Components inside another program, run as the `wamp-run` command runs them.
 *
 * @packageDocumentation
 */
export { EXIT } from './exit-codes.js';
export { type Running, type StartOptions, start } from './start.js';
