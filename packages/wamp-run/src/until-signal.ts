import { EXIT } from './exit-codes.js';
import type { World } from './world.js';

/** Waits until something ends by itself or a signal asks for it; a second signal ends the process at once. */
export async function untilSignal(world: World, ended: Promise<unknown>): Promise<'ended' | 'asked'> {
  let asked = false;
  let resolveAsked = () => {};
  const signal = new Promise<'asked'>((resolve) => {
    resolveAsked = () => resolve('asked');
  });
  // Stays on after the first signal, for the second.
  world.onSignal((name) => {
    if (asked) world.force(name === 'SIGINT' ? EXIT.interrupted : EXIT.terminated);
    asked = true;
    resolveAsked();
  });
  return Promise.race([ended.then(() => 'ended' as const), signal]);
}
