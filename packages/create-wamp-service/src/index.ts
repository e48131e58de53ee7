/**
 * `npm create wamp-service`: a command, not a library. What a script may want of it are its exit codes.
 *
 * @packageDocumentation
 */
export { EXIT } from './exit-codes.js';
