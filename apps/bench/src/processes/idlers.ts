// Clients that connect, join where there is a router, and do nothing.
import { optionsOf, serve } from '../child.js';
import { rawSession } from '../raw-session.js';
import { RawWebSocket } from '../raw-web-socket.js';
import type { SubscribersOptions } from './subscribers.js';

/** So many connect at a time. */
const AT_A_TIME = 50;

const { middle, url } = optionsOf<SubscribersOptions>();
let lost = 0;
const all: RawWebSocket[] = [];

const closed = () => {
  lost++;
};
const nothing = () => {};
const open = () =>
  middle === 'router' ? rawSession(url, nothing, closed) : RawWebSocket.connect(url, nothing, closed);

serve(url, async ({ open: wanted }: { open: number }): Promise<number> => {
  while (all.length < wanted) {
    const batch = Array.from({ length: Math.min(AT_A_TIME, wanted - all.length) }, open);
    all.push(...(await Promise.all(batch)));
  }
  return all.length - lost;
});
