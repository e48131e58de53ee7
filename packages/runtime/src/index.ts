/**
 * Loads components from files and keeps them in service: one instance and one session each, supervised, drained at
 * the end. It touches neither signals nor the environment nor the console; clock, randomness, wires and logs are handed in.
 *
 * @packageDocumentation
 */
export type { ComponentEncryption } from './component-run-options.js';
export { COMPONENT_STATES, type ComponentState, type ComponentStep, nextState } from './component-states.js';
export type { ComponentToRun } from './component-to-run.js';
export { BrokenComponent, ComponentFailed, NoSuchComponent } from './errors.js';
export type { ComponentStatus } from './hosted-component.js';
export {
  type ComponentPackage,
  type ImportService,
  type LoadedComponent,
  loadComponents,
  type ServiceModule,
} from './load.js';
export type { RestartPolicy } from './restart-policy.js';
export { Runtime, type RuntimeEnd, type RuntimeOptions } from './runtime.js';
export type { Blocked } from './watch.js';
