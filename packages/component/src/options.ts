/** What an option of a decorator must be. */
export type OptionRules = Readonly<Record<string, 'string' | 'boolean' | 'function' | 'anything'>>;

/**
 * The options of a decorator that are known and of the right type; the others go to `complain`. Programs without types
 * can write anything into a decorator.
 */
export function knownOptions(
  given: unknown,
  rules: OptionRules,
  complain: (sentence: string) => void,
): Record<string, unknown> {
  const known: Record<string, unknown> = {};
  if (typeof given !== 'object' || given === null) {
    complain(`the options must be an object, not ${given === null ? 'null' : typeof given}`);
    return known;
  }
  for (const [key, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule === undefined) {
      complain(`there is no option '${key}'; there are: ${Object.keys(rules).join(', ')}`);
    } else if (value !== undefined && rule !== 'anything' && typeof value !== rule) {
      complain(`the option '${key}' must be a ${rule}, not ${value === null ? 'null' : typeof value}`);
    } else if (value !== undefined) {
      known[key] = value;
    }
  }
  return known;
}
