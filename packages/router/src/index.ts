/**
 * An embeddable WAMP router: realms, a broker and a dealer, over any transport that is handed in.
 *
 * @packageDocumentation
 */
export type { RealmCounts } from './realm.js';
export { Router, type RouterCounts } from './router.js';
export type { RouterOptions } from './router-options.js';
