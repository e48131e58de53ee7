/** Resolves when the promise does, or as soon as the signal aborts. The promise must not reject. */
export function unlessHurried(promise: Promise<unknown>, hurry: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (hurry.aborted) {
      resolve();
      return;
    }
    // Taken away in the end: the signal lives as long as the client, and sees many promises.
    const done = () => {
      hurry.removeEventListener('abort', done);
      resolve();
    };
    hurry.addEventListener('abort', done);
    void promise.then(done);
  });
}
