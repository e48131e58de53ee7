/**
 * Components inside another program, run as the `wamp-run` command runs them, and a way in for who calls them.
 *
 * @packageDocumentation
 */
export type { Client, Interceptor } from '@wamp-run/client';
export type {
  AuthConfig,
  Authentication,
  AuthMethod,
  CostBounds,
  ScramBounds,
} from './configuration/authentication.js';
export type { ComponentEntry } from './configuration/component-entry.js';
export type { CredentialValue, PrincipalEntry, PublicKeyValue } from './configuration/principal-entry.js';
export type { RouterAuthentication } from './configuration/router-authentication.js';
export type { RouterSection } from './configuration/router-section.js';
export type { SecretValue } from './configuration/secret-value.js';
export type { TransportConfig } from './configuration/transport-config.js';
export { type ConnectOptions, connect } from './connect.js';
export { EXIT } from './exit-codes.js';
export type { HealthOptions } from './health.js';
export type { InterceptorSource } from './interceptors.js';
export { LOG_LEVELS, type LogLevel, type LogLevels } from './logs.js';
export type { Reloaded } from './running-components.js';
export type { SerializerName } from './serializer-names.js';
export { sshAgent } from './ssh-agent.js';
export { type Running, start } from './start.js';
export type { StartOptions } from './start-options.js';
