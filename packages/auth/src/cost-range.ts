import { InvalidConfiguration, isDict, typeName } from '@wamp-run/protocol';
import { checkWhole } from './settings.js';

/** What a router may ask a client to compute: less is too weak, more is an attack on the client. */
export interface CostRange {
  /** The least that is taken, itself included. */
  readonly least: number;
  /** The most that is taken, itself included. */
  readonly most: number;
}

/** The range, checked; the default's bounds stand for what is left out. Throws InvalidConfiguration. */
export function costRange(range: Partial<CostRange> | undefined, standard: CostRange, what: string): CostRange {
  if (range === undefined) return standard;
  if (!isDict(range)) {
    throw new InvalidConfiguration(`${what}: expected { least, most }, got ${typeName(range)}`);
  }
  const { least = standard.least, most = standard.most } = range as Partial<CostRange>;
  checkWhole(least, `${what}.least`, { least: 1 });
  checkWhole(most, `${what}.most`, { least });
  return { least, most };
}

/** Why a cost is not acceptable; undefined where it is. */
export function costFault(cost: unknown, name: string, { least, most }: CostRange): string | undefined {
  if (!Number.isSafeInteger(cost)) return `the router names no ${name}`;
  const value = cost as number;
  if (value < least) return `the router asks for ${name} of ${value}, and less than ${least} is too weak`;
  if (value > most) return `the router asks for ${name} of ${value}, and more than ${most} is too much`;
  return undefined;
}
