import { SETTING_NAMES, SETTINGS, type SettingName, type Settings } from '../settings.js';
import { type Nested, nested, valueAt } from './nested.js';
import type { Configuration } from './read.js';
import { masked } from './secrets.js';

/**
 * The configuration in force as JSON: each value by its key in a file, with where it comes from, and where it was given in vain
 * as another way to say the same stands above it. Secrets are masked.
 */
export function printed({ settings, sources, displaced, file }: Configuration, files: readonly string[]): string {
  const values: Record<string, { value: unknown; from: string; displaced?: string }> = {};
  const place = (source: string, key: string) => (source === file ? `${file}: ${key}` : source);
  const shown = masked(fileOf(settings));
  for (const name of SETTING_NAMES) {
    const { key } = SETTINGS[name];
    if (key === undefined) continue;
    const lost = displaced.get(name);
    values[key] = {
      value: valueAt(shown, key),
      from: place(sources.get(name) ?? 'default', key),
      ...(lost === undefined ? {} : { displaced: `${place(lost.source, key)}, by ${lost.by}` }),
    };
  }
  return `${JSON.stringify({ file: file ?? null, files, values }, infinities, 2)}\n`;
}

/** Settings as a file of configuration has them. */
export function fileOf(settings: Settings, names: readonly SettingName[] = SETTING_NAMES): Nested<unknown> {
  return nested(
    names.flatMap((name): [string, unknown][] => {
      const { key } = SETTINGS[name];
      return key === undefined ? [] : [[key, settingOf(settings, name)]];
    }),
  );
}

/** The value of a setting by its name: those of the router stand in a section. */
function settingOf(settings: Settings, name: SettingName): unknown {
  return name.startsWith('router.') ? valueAt(settings, name) : (settings as unknown as Record<string, unknown>)[name];
}

/** JSON has no word for a bound that is none. */
function infinities(_: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? 'Infinity' : value;
}
