/**
 * Loads components from files and keeps them in service: one instance and one session each, supervised, drained at
 * the end. It touches neither signals nor the environment nor the console; clock, randomness, wires and logs are handed in.
 *
 * @packageDocumentation
 */
export type { ComponentEncryption, ComponentStatus } from './component-run.js';
export { COMPONENT_STATES, type ComponentState, type ComponentStep, nextState } from './component-states.js';
export { BrokenComponent, NoSuchComponent } from './errors.js';
export {
  type ComponentPackage,
  type ImportService,
  type LoadedComponent,
  loadComponents,
  type ServiceModule,
} from './load.js';
export { type ComponentToRun, Runtime, type RuntimeEnd, type RuntimeOptions } from './runtime.js';
