import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Given, readConfiguration } from '../src/configuration/read.js';
import { type FlagName, flagFor, SETTING_NAMES, SETTINGS, type SettingName } from '../src/settings.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wamp-run-settings-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const read = (given: Partial<Given>) =>
  readConfiguration({ flags: {}, env: {}, directory, names: SETTING_NAMES, ...given });
const settings = async (given: Partial<Given>): Promise<Record<string, unknown>> => ({
  ...(await read(given)).settings,
});

/** A value for each setting that a shell can give, and is not its default: as text, and what comes of it. */
const GIVEN: Record<FlagName, [string, unknown]> = {
  url: ['ws://example.org/ws', 'ws://example.org/ws'],
  realm: ['shop', 'shop'],
  host: ['0.0.0.0', '0.0.0.0'],
  port: ['9000', 9000],
  listen: ['rs://127.0.0.1:0, unix:/run/x', ['rs://127.0.0.1:0', 'unix:/run/x']],
  logLevel: ['debug', 'debug'],
  connectTimeout: ['5000', 5000],
  callTimeout: ['7000', 7000],
  slowAfter: ['5000', 5000],
  blockedAfter: ['200', 200],
  watch: ['true', true],
  exposeErrors: ['message', 'message'],
  auth: ['ticket', 'ticket'],
  authid: ['ann', 'ann'],
  secret: ['s3cret', 's3cret'],
  secretFile: ['ann.secret', 'ann.secret'],
  keyring: ['./shop.keys.json', './shop.keys.json'],
  healthHost: ['0.0.0.0', '0.0.0.0'],
  healthPort: ['9090', 9090],
  healthUrl: ['http://127.0.0.1:9', 'http://127.0.0.1:9'],
};
const FLAGS = Object.keys(GIVEN) as FlagName[];
const variableFor = (name: SettingName) => SETTINGS[name].env as string;

describe('what a shell says', () => {
  test('every setting that has a flag is tried here', () => {
    expect(FLAGS.sort()).toEqual(SETTING_NAMES.filter((name) => SETTINGS[name].flag !== undefined).sort());
  });

  test.each(FLAGS)(
    '%s: environment, then --env-file, then flag, each above the one before, and said so',
    async (name) => {
      const [text, value] = GIVEN[name];
      const variable = variableFor(name);
      const defaults = await settings({});
      const expected = { ...defaults, [name]: value };
      expect(expected).not.toEqual(defaults);
      expect(await settings({ env: { [variable]: text } })).toEqual(expected);
      const flagged = await read({ flags: { [name]: text }, env: { [variable]: 'x' } });
      expect(flagged.settings).toEqual(expected);
      expect(flagged.sources.get(name)).toBe(flagFor(name));

      writeFileSync(join(directory, 'a.env'), `# of the service\n${variable}="${text}"\n`);
      const fromFile = await read({ envFile: 'a.env', env: { [variable]: 'x' } });
      expect(fromFile.settings).toEqual(expected);
      expect(fromFile.sources.get(name)).toBe(`${variable} in a.env`);
      expect(fromFile.envFile).toEqual({ [variable]: text });
    },
  );

  test('a file of configuration stands below them all, and above the default', async () => {
    writeFileSync(join(directory, 'layers.json'), '{ "realm": "filed", "logLevel": "warn", "router": { "port": 5 } }');
    const { settings: found, sources } = await read({
      config: 'layers.json',
      env: { WAMP_REALM: 'of-env' },
      flags: { port: '6' },
    });
    expect([found.realm, found.port, found.logLevel, found.host]).toEqual(['of-env', 6, 'warn', '127.0.0.1']);
    expect(Object.fromEntries(sources)).toEqual({ realm: 'WAMP_REALM', port: '--port', logLevel: 'layers.json' });
  });

  test.each(FLAGS)('%s: an empty flag is refused, whatever the environment says', async (name) => {
    const reading = read({ flags: { [name]: '' }, env: { [variableFor(name)]: GIVEN[name][0] } });
    await expect(reading).rejects.toThrow(InvalidConfiguration);
    await expect(reading).rejects.toThrow(`${flagFor(name)}: expected`);
  });

  test('a variable that is set and empty counts as not set, and others are nobody’s business', async () => {
    const env = { WAMP_PORT: '', WAMP_REALM: '', WAMP_NONSENSE: 'x', PORT: '1' };
    expect(await settings({ env })).toEqual(await settings({}));
  });

  test('a setting that a command does not have is not read', async () => {
    const { settings: found } = await read({ env: { WAMP_PORT: 'x', WAMP_REALM: 'shop' }, names: ['realm'] });
    expect([found.port, found.realm]).toEqual([8080, 'shop']);
  });

  test.each<[Partial<Record<SettingName, string>>, Record<string, string>, string]>([
    [{ port: 'x' }, {}, '--port: expected a port (0 to 65535), got "x"'],
    [{ port: '-1' }, {}, '--port: expected a port (0 to 65535), got "-1"'],
    [{ port: '80.5' }, {}, '--port: expected a port (0 to 65535), got "80.5"'],
    [{ port: '70000' }, {}, '--port: expected a port (0 to 65535), got "70000"'],
    [{}, { WAMP_LOG_LEVEL: 'x' }, 'WAMP_LOG_LEVEL: expected one of trace, debug, info, warn, error, silent, got "x"'],
    [{ connectTimeout: '1s' }, {}, '--connect-timeout: expected a number of milliseconds (0 or more), got "1s"'],
    [
      { port: 'x' },
      { WAMP_CONNECT_TIMEOUT: 'y' },
      '--port: expected a port (0 to 65535), got "x"; WAMP_CONNECT_TIMEOUT: expected a number of milliseconds (0 or more), got "y"',
    ],
  ])('%j %j', async (flags, env, message) => {
    await expect(read({ flags, env })).rejects.toThrow(InvalidConfiguration);
    await expect(read({ flags, env })).rejects.toThrow(message);
  });

  test('a missing --env-file is refused', async () => {
    await expect(read({ envFile: 'nowhere.env' })).rejects.toThrow('--env-file: nowhere.env cannot be read');
  });
});
