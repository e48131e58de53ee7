import { InvalidConfiguration } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { flagFor, readSettings, type SettingName, variableFor } from '../src/settings.js';

const DEFAULTS = {
  url: '',
  realm: 'realm1',
  host: '127.0.0.1',
  port: 8080,
  listen: '',
  logLevel: 'info',
  connectTimeout: 0,
  exposeErrors: 'none',
  auth: '',
  authid: '',
  secret: '',
  secretFile: '',
  keyring: '',
};

/** A value for each setting that is not its default, as a shell would give it, and what comes of it. */
const GIVEN: Record<SettingName, [string, unknown]> = {
  url: ['ws://example.org/ws', 'ws://example.org/ws'],
  realm: ['shop', 'shop'],
  host: ['0.0.0.0', '0.0.0.0'],
  port: ['9000', 9000],
  listen: ['rs://127.0.0.1:0', 'rs://127.0.0.1:0'],
  logLevel: ['debug', 'debug'],
  connectTimeout: ['5000', 5000],
  exposeErrors: ['message', 'message'],
  auth: ['ticket', 'ticket'],
  authid: ['ann', 'ann'],
  secret: ['s3cret', 's3cret'],
  secretFile: ['ann.secret', 'ann.secret'],
  keyring: ['./shop.keys.json', './shop.keys.json'],
};

describe('settings', () => {
  test('defaults', () => expect(readSettings({}, {})).toEqual(DEFAULTS));

  test.each(Object.keys(GIVEN) as SettingName[])('%s: by environment, by flag, and the flag wins', (name) => {
    const [text, value] = GIVEN[name];
    expect(readSettings({}, { [variableFor(name)]: text })).toEqual({ ...DEFAULTS, [name]: value });
    expect(readSettings({ [name]: text }, {})).toEqual({ ...DEFAULTS, [name]: value });
    expect(readSettings({ [name]: text }, { [variableFor(name)]: String(DEFAULTS[name]) })).toEqual({
      ...DEFAULTS,
      [name]: value,
    });
  });

  test.each(Object.keys(GIVEN) as SettingName[])(
    '%s: an empty flag is refused, whatever the environment says',
    (name) => {
      const given = () => readSettings({ [name]: '' }, { [variableFor(name)]: GIVEN[name][0] });
      expect(given).toThrow(InvalidConfiguration);
      expect(given).toThrow(`${flagFor(name)}: expected`);
    },
  );

  test('a variable that is set and empty counts as not set', () => {
    expect(readSettings({}, { WAMP_PORT: '', WAMP_REALM: '' })).toEqual(DEFAULTS);
  });

  test('other variables are nobody’s business', () => {
    expect(readSettings({}, { WAMP_NONSENSE: 'x', PORT: '1' })).toEqual(DEFAULTS);
  });

  test.each([
    [{ port: 'x' }, {}, '--port: expected a port (0 to 65535), got "x"'],
    [{ port: '-1' }, {}, '--port: expected a port (0 to 65535), got "-1"'],
    [{ port: '80.5' }, {}, '--port: expected a port (0 to 65535), got "80.5"'],
    [{}, { WAMP_LOG_LEVEL: 'x' }, 'WAMP_LOG_LEVEL: expected one of trace, debug, info, warn, error, silent, got "x"'],
    [{ connectTimeout: '1s' }, {}, '--connect-timeout: expected a number of milliseconds (0 or more), got "1s"'],
    [
      { port: 'x' },
      { WAMP_CONNECT_TIMEOUT: 'y' },
      '--port: expected a port (0 to 65535), got "x"; WAMP_CONNECT_TIMEOUT: expected a number of milliseconds (0 or more), got "y"',
    ],
  ])('%j %j', (flags, env, message) => {
    expect(() => readSettings(flags, env)).toThrow(InvalidConfiguration);
    expect(() => readSettings(flags, env)).toThrow(message);
  });

  test('flags are spelled as shells like them', () => {
    expect(flagFor('connectTimeout')).toBe('--connect-timeout');
  });
});
