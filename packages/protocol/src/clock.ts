/** Time from outside, so that a test can move it by hand. */
export interface Clock {
  /** Milliseconds since some fixed moment; never runs backwards. */
  now(): number;
  /** Runs something once, `ms` milliseconds from now. What it returns calls it off. */
  after(ms: number, run: () => void): () => void;
}
