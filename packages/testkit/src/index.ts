/**
 * A WAMP realm in memory for tests: components run as they will in service, time stands still until it is moved, and
 * wires break when they are told to. Matchers for vitest are in `@wamp-run/testkit/vitest`.
 *
 * @packageDocumentation
 */
export type { Provider } from '@wamp-run/component';
export { FakeClock, ScriptedPeer } from '@wamp-run/protocol/conformance';
export {
  assertNotPublished,
  assertNotRegistered,
  assertNotSubscribed,
  assertPublished,
  assertRegistered,
  assertSubscribed,
} from './assertions.js';
export { createTestRealm } from './create-test-realm.js';
export type { Fault, MessageMatch } from './faults.js';
export type { Held } from './ledger.js';
export type { HeldBy } from './network.js';
export type { StartOptions, TestRealmOptions, TestRouterOptions, TestSessionOptions } from './realm-options.js';
export type { RecordedEvent } from './recorded-event.js';
export { type ReplayToComponentOptions, replayToComponent, replayToRouter } from './replay.js';
export { ScriptedRouter } from './scripted-router.js';
export { seededRandom } from './seeded-random.js';
export type { TestComponent } from './test-component.js';
export type { Target, TestRealm } from './test-realm.js';
export { type EndLine, type MessageLine, type Side, Transcript, type TranscriptLine } from './transcript.js';
