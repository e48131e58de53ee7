// Taken when this file is loaded: a test runner's fake timers must not stop the realm, which has a clock of its own.
const immediate = setImmediate;
const timeout = setTimeout;
const callOff = clearTimeout;

/** Turns of the event loop that `settle` waits: a handler may itself wait for one. */
const TURNS = 3;

/** Lets everything run that does not wait for time or for the outside world: messages, promises, handlers. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => immediate(resolve));
}

/** Waits real milliseconds: for work that the realm's clock does not move, such as a file or a socket. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => timeout(resolve, ms));
}

/**
 * Waits for something, but not longer than so many real milliseconds: a test that hangs says nothing, this does.
 *
 * @param why the error's text, asked for when the time is up
 */
export async function patiently<T>(work: Promise<T>, ms: number, why: () => string): Promise<T> {
  let timer: ReturnType<typeof timeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = timeout(() => reject(new Error(why())), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    callOff(timer);
  }
}
