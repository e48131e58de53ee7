import type { Broker } from '../broker/broker.js';
import type { Dealer } from '../dealer/dealer.js';
import type { History } from '../history/history.js';
import type { RealmSettings } from '../realm-options.js';
import type { RouterLimits } from '../router-limits.js';
import { MetaApi } from './meta-api.js';
import type { MetaProcedures } from './meta-call.js';
import type { MetaEvents } from './meta-events.js';
import { registrationProcedures, unregistrationProcedures } from './registration-procedures.js';
import { killProcedures, type Sessions, sessionProcedures } from './session-procedures.js';
import { historyProcedures, revocationProcedures, subscriptionProcedures } from './subscription-procedures.js';
import { testamentProcedures } from './testament-procedures.js';

/** What the meta API of a realm speaks of. */
export interface MetaApiOptions {
  readonly sessions: Sessions;
  readonly broker: Broker;
  readonly dealer: Dealer;
  readonly events: MetaEvents;
  readonly history: History | undefined;
  readonly limits: RouterLimits;
  /** From the router's clock to milliseconds since 1970. */
  readonly wallTimeOf: (clockTime: number) => number;
  /** How much of it there is. */
  readonly extent: RealmSettings['metaApi'];
}

/** The meta API of a realm, as its options want it. */
export function metaApiOf(options: MetaApiOptions): MetaApi {
  const { sessions, broker, dealer, events, history, limits, wallTimeOf, extent } = options;
  const parts: MetaProcedures[] = [
    testamentProcedures(limits, (publisher, topic, publishOptions) =>
      broker.refusedPublication(publisher, topic, publishOptions),
    ),
  ];
  if (history !== undefined) parts.push(historyProcedures(broker, history, limits.historyAnswer));
  if (extent !== 'none') {
    parts.push(sessionProcedures(sessions), subscriptionProcedures(broker));
    parts.push(registrationProcedures(dealer.registrations, wallTimeOf));
  }
  if (extent === 'full') {
    parts.push(killProcedures(sessions, (run) => events.silently(run)));
    parts.push(revocationProcedures(broker, sessions), unregistrationProcedures(dealer));
  }
  return new MetaApi(parts);
}
