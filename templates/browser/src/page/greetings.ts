import type { Remote, Session } from '@wamp-run/client';
// The type alone: nothing of the service gets into the page.
import type { Greeter } from '../service/greeter.js';

/** The service as the page sees it: `hello('Ada')` is a promise of a string, and `hello(42)` does not compile. */
export function greeter(session: Session): Remote<Greeter> {
  return session.remote<Greeter>('com.example.greeter', { streams: { countdown: true } });
}

/** Calls back with everybody who is greeted, by whomever. */
export async function onGreeted(session: Session, greeted: (name: string, count: number) => void): Promise<void> {
  await session.subscribe('com.example.greeter.greeted', ([name, count]) => greeted(String(name), Number(count)));
}
