import type { PackageManager } from './npm-or-pnpm.js';
import type { Surroundings } from './surroundings.js';

/** What a template can do without. */
export const EXTRAS = ['lint', 'docker', 'agents'] as const;
export type Extra = (typeof EXTRAS)[number];

/** A project, decided to the last question. */
export interface Project {
  /** The folder, absolute. */
  readonly target: string;
  /** The package's name. */
  readonly name: string;
  readonly template: string;
  readonly packageManager: PackageManager;
  /** The package manager's version, where it is known. */
  readonly packageManagerVersion: string | undefined;
  readonly extras: ReadonlySet<Extra>;
  readonly install: boolean;
  readonly git: boolean;
  /** Files that are there already may be replaced. */
  readonly force: boolean;
  /** What is half done stays when something fails. */
  readonly keep: boolean;
  readonly surroundings: Surroundings;
}
