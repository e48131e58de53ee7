/**
 * Components inside another program, run as the `wamp-run` command runs them.
 *
 * @packageDocumentation
 */
export type { ComponentEntry, TransportConfig } from './configuration/component-entry.js';
export type { RouterSection } from './configuration/router-section.js';
export { EXIT } from './exit-codes.js';
export type { HealthOptions } from './health.js';
export { LOG_LEVELS, type LogLevel, type LogLevels } from './logs.js';
export type { SerializerName } from './serializer-names.js';
export { type Running, type StartOptions, start } from './start.js';
