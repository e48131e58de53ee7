// What can be said in several ways counts as it is said the highest, at each pair of levels; and the print tells of it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LEVELS, type Level, WAYS } from '../src/configuration/displacing.js';
import { nested } from '../src/configuration/nested.js';
import { printed } from '../src/configuration/print.js';
import { type Configuration, readConfiguration } from '../src/configuration/read.js';
import { flagFor, SETTING_NAMES, SETTINGS, type SettingName } from '../src/settings.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wamp-run-displacing-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** What each of the settings is given, as a shell has it and as a file does. */
const VALUES: Partial<Record<SettingName, readonly [string, unknown]>> = {
  secret: ['hush', 'hush'],
  secretFile: ['/run/secret', '/run/secret'],
  listen: ['rs://127.0.0.1:0', ['rs://127.0.0.1:0']],
  host: ['::1', '::1'],
  port: ['9000', 9000],
  healthUrl: ['http://127.0.0.1:9', 'http://127.0.0.1:9'],
  healthHost: ['::1', '::1'],
  healthPort: ['9090', 9090],
};

type Given = readonly (readonly [SettingName, Level])[];

function read(given: Given): Promise<Configuration> {
  const at = (level: Level) => given.filter(([, each]) => each === level).map(([name]) => name);
  const variables = (level: Level) =>
    Object.fromEntries(at(level).map((name) => [SETTINGS[name].env as string, VALUES[name]?.[0] as string]));
  const keys = at('file').map((name): [string, unknown] => [SETTINGS[name].key as string, VALUES[name]?.[1]]);
  writeFileSync(join(directory, 'wamp-run.config.json'), JSON.stringify(nested(keys)));
  const lines = Object.entries(variables('env-file')).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(join(directory, 'a.env'), lines.join(''));
  return readConfiguration({
    flags: Object.fromEntries(at('flag').map((name) => [name, VALUES[name]?.[0] as string])),
    env: variables('environment'),
    envFile: 'a.env',
    directory,
    names: SETTING_NAMES,
  });
}

const settingOf = ({ settings }: Configuration, name: SettingName) =>
  (settings as unknown as Record<string, unknown>)[name];

function sourceOf(name: SettingName, level: Level): string {
  switch (level) {
    case 'file':
      return 'wamp-run.config.json';
    case 'environment':
      return SETTINGS[name].env as string;
    case 'env-file':
      return `${SETTINGS[name].env} in a.env`;
    case 'flag':
      return flagFor(name);
  }
}

/** Each setting of a way above each setting of another way, at each pair of levels that both can be given at. */
const pairs = WAYS.flatMap((ways) =>
  ways.flatMap((way) =>
    ways
      .filter((other) => other !== way)
      .flatMap((other) =>
        way.flatMap((high) =>
          other.flatMap((low) =>
            LEVELS.flatMap((above, index) =>
              LEVELS.slice(0, index)
                .filter((below) => below !== 'file' || SETTINGS[low].key !== undefined)
                .map((below): [SettingName, Level, SettingName, Level] => [high, above, low, below]),
            ),
          ),
        ),
      ),
  ),
);

describe('of two ways to say one thing the one above displaces the other', () => {
  test.each(pairs)('%s (%s) above %s (%s)', async (high, above, low, below) => {
    const defaults = await read([]);
    const configuration = await read([
      [high, above],
      [low, below],
    ]);
    expect(settingOf(configuration, high)).toEqual(VALUES[high]?.[1]);
    expect(settingOf(configuration, low)).toEqual(settingOf(defaults, low));
    expect(Object.fromEntries(configuration.sources)).toEqual({ [high]: sourceOf(high, above) });
    expect(Object.fromEntries(configuration.displaced)).toEqual({
      [low]: { source: sourceOf(low, below), by: sourceOf(high, above) },
    });
  });
});

test('settings of one way do not displace each other', async () => {
  const configuration = await read([
    ['port', 'flag'],
    ['host', 'file'],
    ['listen', 'environment'],
  ]);
  const { host, port, listen } = configuration.settings;
  expect([host, port, listen]).toEqual(['::1', 9000, []]);
});

test.each(LEVELS)(
  'two ways at one level (%s) both stay: what is wrong with that is said by who needs one',
  async (level) => {
    const { settings, displaced } = await read([
      ['secret', level],
      ['secretFile', level],
    ]);
    expect([settings.secret, settings.secretFile, displaced.size]).toEqual(['hush', '/run/secret', 0]);
  },
);

test('the print tells what was displaced, and by what; nothing secret', async () => {
  const lower = await read([
    ['secretFile', 'file'],
    ['secret', 'environment'],
  ]);
  const { values } = JSON.parse(printed(lower, []));
  expect([values.secret, values.secretFile]).toEqual([
    { value: '***', from: 'WAMP_SECRET' },
    { value: '', from: 'default', displaced: 'wamp-run.config.json: secretFile, by WAMP_SECRET' },
  ]);
  const higher = await read([
    ['secret', 'file'],
    ['secretFile', 'flag'],
  ]);
  expect(printed(higher, [])).not.toContain('hush');
  expect(JSON.parse(printed(higher, [])).values.secret).toEqual({
    value: '***',
    from: 'default',
    displaced: 'wamp-run.config.json: secret, by --secret-file',
  });
});
