/** What a piece of code throws; undefined where it does not. */
export function failureOf(run: () => void): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

/** Throws where something does not hold: the suites need no assertion library. */
export function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Throws where two values are not equal. */
export function same(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [plain(actual), plain(expected)];
  check(got === wanted, `${what}: expected ${shortened(wanted)}, got ${shortened(got)}`);
}

/** A text that is the same for equal values: keys in order, bytes and large integers marked as what they are. */
export function plain(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes(${value.join()})`;
  if (Array.isArray(value)) return `[${value.map(plain).join()}]`;
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null)
    return Object.is(value, -0) ? '-0' : (JSON.stringify(value) ?? 'nothing');
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${plain(item)}`).join()}}`;
}

function shortened(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}…` : text;
}
