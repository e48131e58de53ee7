import type { Client } from '@wamp-run/client';
import type { FakeClock } from '@wamp-run/protocol/conformance';
import { advance } from './advance.js';
import type { Network } from './network.js';
import { pause, settle } from './patience.js';
import type { TestComponent } from './test-component.js';

export interface RealmToClose {
  readonly components: readonly TestComponent[];
  readonly clients: readonly Client[];
  readonly network: Network;
  readonly clock: FakeClock;
  /** Real milliseconds for what the clock does not move. */
  readonly patience: number;
  stopRouter(): Promise<void>;
}

/** Real milliseconds between two looks at work that the clock does not move. */
const LOOK = 2;

/** Ends everything in a realm. Resolves with what the test has left behind, for people. */
export async function closeRealm(realm: RealmToClose): Promise<string[]> {
  const { clients, clock, components, network } = realm;
  await settle();
  const leftovers = [
    ...network.pendingCalls().map((call) => `a call that nobody has answered: ${call}`),
    ...network.open().flatMap(({ held, participant: { name } }) => {
      return held === 0 ? [] : [`${held === 1 ? 'a message' : `${held} messages`} held back on the wire of ${name}`];
    }),
    ...network.faults.unused().map((fault) => `a fault that befell nothing: ${fault}`),
  ];
  for (const connection of network.open()) connection.settleFaults();
  for (const component of [...components].reverse()) {
    const stopped = await finished(component.stop(), realm, () => component.status.running > 0);
    const { name, running } = { ...component.status, name: component.name };
    if (running > 0)
      leftovers.push(`${name} is still handling ${running === 1 ? 'a call or event' : `${running} calls or events`}`);
    if (!stopped) leftovers.push(`${name} does not stop`);
  }
  if (!(await finished(Promise.all(clients.map((client) => client.close())), realm))) {
    leftovers.push('a session does not close');
  }
  if (!(await finished(realm.stopRouter(), realm))) leftovers.push('the router does not close');
  await settle();
  if (clock.pending > 0) {
    const timers = clock.pending === 1 ? 'a timer is' : `${clock.pending} timers are`;
    leftovers.push(`${timers} running on the clock, the next is due in ${clock.next} ms`);
  }
  return leftovers;
}

/**
 * Whether something comes to its end. Work in hand is given real time first; then the clock moves on, from timer to
 * timer, so that graces and deadlines run out.
 */
async function finished(
  work: Promise<unknown>,
  { clock, patience }: RealmToClose,
  inHand: () => boolean = () => false,
): Promise<boolean> {
  let done = false;
  const end = () => {
    done = true;
  };
  void work.then(end, end);
  await settle();
  for (let waited = 0; !done && inHand() && waited < patience; waited += LOOK) await pause(LOOK);
  // Each timer counts as a millisecond: one that is set again for ever must not keep a test for ever.
  for (let waited = 0; !done && waited < patience; waited++) {
    if (clock.next !== undefined) await advance(clock, clock.next);
    else await pause(1);
  }
  return done;
}
