/** What a process can be asked about itself. */
export type SelfQuestion = 'cpu' | 'memory';

/** Bytes. */
export interface Memory {
  /** All that the operating system has given it. */
  readonly resident: number;
  /** JavaScript objects, and the memory that they own outside the heap. */
  readonly heap: number;
}

/** In a child: CPU time so far (µs), or memory after a collection of garbage (with Node's flag `--expose-gc`). */
export async function measureSelf({ self }: { self: SelfQuestion }): Promise<number | Memory> {
  if (self === 'cpu') {
    const { user, system } = process.cpuUsage();
    return user + system;
  }
  if (globalThis.gc === undefined) throw new Error('memory is measured with --expose-gc only');
  // What is freed by finalizers in one collection goes in the next.
  for (let i = 0; i < 4; i++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss, heap: heapUsed + external };
}
