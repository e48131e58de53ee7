// What an entry may say of a component: its shape, its secrets, and what is told of them.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Authentication } from '../src/configuration/authentication.js';
import { loginsOf } from '../src/configuration/logins.js';
import { printed } from '../src/configuration/print.js';
import { readConfiguration } from '../src/configuration/read.js';
import { secretsIn } from '../src/configuration/secrets.js';
import { SETTING_NAMES } from '../src/settings.js';
import { start } from '../src/start.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wamp-run-entries-'));
});
afterEach(() => rmSync(directory, { recursive: true }));
const write = (name: string, text: string, mode = 0o600) => writeFileSync(join(directory, name), text, { mode });
const read = (config: string) => readConfiguration({ flags: {}, env: {}, directory, names: SETTING_NAMES, config });

const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';

/** Every method, with everything that it takes. */
const EVERY: Required<Authentication> = {
  anonymous: { authrole: 'guest' },
  ticket: { authid: 'ann', ticket: 'hush-ticket', authrole: 'guest' },
  wampcra: { authid: 'ann', secret: 'hush-secret', authrole: 'guest', iterations: { least: 2_000, most: 3_000 } },
  'wamp-scram': {
    authid: 'ann',
    password: 'hush-password',
    authrole: 'guest',
    channelBinding: 'tls-exporter',
    limits: { pbkdf2: { least: 5_000 }, memory: { most: 9_000 }, work: { most: 40_000 } },
  },
  scram: { authid: 'ann', password: 'hush-draft', authrole: 'guest', limits: { memory: { most: 9_000 } } },
  cryptosign: {
    key: SEED,
    authid: 'ann',
    authrole: 'guest',
    channelBinding: 'tls-exporter',
    routerKeys: [SEED],
    trustroot: `0x${'1'.repeat(40)}`,
    certificates: [[{}, 'signature']],
  },
  tls: { authid: 'ann', authrole: 'guest' },
};

describe('authentication', () => {
  test('of every method is read, made, and masked where it is shown', async () => {
    write('a.json', JSON.stringify({ components: [{ path: 'x.js', authentication: EVERY }] }));
    const configuration = await read('a.json');
    const { authentication } = configuration.settings.components[0] ?? {};
    expect(authentication).toEqual(EVERY);
    const { authenticators, mistakes } = await loginsOf(EVERY, { from: directory, env: {} }, []);
    expect(mistakes).toEqual([]);
    expect(authenticators.map(({ method, authrole }) => [method, authrole])).toEqual(
      Object.keys(EVERY).map((method) => [method, 'guest']),
    );
    const shown = printed(configuration, []);
    expect(shown).not.toMatch(/hush|4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510","authid/);
    expect(JSON.parse(shown).values.components.value[0].authentication.cryptosign.key).toBe('***');
    expect(secretsIn({ components: configuration.settings.components })).toEqual(
      expect.arrayContaining(['hush-ticket', 'hush-secret', 'hush-password', 'hush-draft', SEED]),
    );
  });

  test('takes secrets from files beside the configuration, and from variables', async () => {
    write('ann.ticket', 'of a file\n');
    write(
      'a.json',
      '{ "components": [{ "path": "x.js", "keyring": "k", "authentication": { "ticket": { "authid": "ann", "ticket": { "file": "ann.ticket" } } } }] }',
    );
    const { settings } = await read('a.json');
    expect(settings.components).toEqual([
      {
        path: join(directory, 'x.js'),
        keyring: join(directory, 'k'),
        authentication: { ticket: { authid: 'ann', ticket: { file: join(directory, 'ann.ticket') } } },
      },
    ]);
    const sources = { file: { file: 'ann.ticket' }, env: { env: 'ANN' }, text: 'of a text' };
    const answers = Object.values(sources).map(async (ticket) => {
      const places = { from: directory, env: { ANN: 'of a variable' } };
      const { authenticators } = await loginsOf({ ticket: { authid: 'ann', ticket } }, places, []);
      return authenticators[0]?.begin().onChallenge?.({ method: 'ticket', extra: {} }, {} as never);
    });
    expect(await Promise.all(answers)).toEqual(['of a file', 'of a variable', 'of a text']);
  });

  test('has digests that tell one secret from another, and tell nothing of it', async () => {
    const digest = async (ticket: string) =>
      (await loginsOf({ ticket: { authid: 'ann', ticket } }, { from: '/', env: {} }, [])).digests.join();
    expect(await digest('one')).toBe(await digest('one'));
    expect(await digest('one')).not.toBe(await digest('two'));
    expect(await digest('one')).not.toContain('one');
  });

  test.each<[string, string, RegExp]>([
    ['{ "tickt": {} }', 'components[0].authentication.tickt', /did you mean ticket\?/],
    ['{ "ticket": { "authid": "a" } }', 'components[0].authentication.ticket.ticket', /is missing/],
    ['{ "ticket": { "authid": "a", "ticket": { "fle": "x" } } }', 'ticket.ticket.fle', /did you mean file\?/],
    [
      '{ "cryptosign": { "key": "k", "channelBinding": "tls" } }',
      'cryptosign.channelBinding',
      /expected one of tls-ex/,
    ],
  ])('%s is refused at its place', async (text, place, complaint) => {
    write('a.json', `{ "components": [{ "path": "x.js", "authentication": ${text} }] }`);
    const error = await read('a.json').catch((thrown: unknown) => thrown as Error);
    expect(error).toBeInstanceOf(InvalidConfiguration);
    expect((error as Error).message).toContain(place);
    expect((error as Error).message).toMatch(complaint);
  });
});

describe('supervision', () => {
  test.each<[string, RegExp]>([
    ['"restart": "always"', /components\[0\]\.restart: expected one of never, got "always"/],
    ['"restart": { "limit": -1 }', /components\[0\]\.restart\.limit: expected a whole number, got -1/],
    ['"restart": { "dealy": 1 }', /components\[0\]\.restart\.dealy: .*did you mean delay\?/],
    ['"critical": "yes"', /components\[0\]\.critical: expected true or false, got/],
    ['"requires": "x"', /components\[0\]\.requires: expected a list of names/],
    ['"instances": 0', /components\[0\]\.instances: expected a whole number from 1 to 1024, got 0/],
    ['"startTimeout": -1', /components\[0\]\.startTimeout: expected milliseconds \(0 to \d+\), got -1/],
    ['"keyring": 1', /components\[0\]\.keyring: expected a file of keys, got 1/],
  ])('%s is refused', async (text, complaint) => {
    write('a.json', `{ "components": [{ "path": "x.js", ${text} }] }`);
    await expect(read('a.json')).rejects.toThrow(complaint);
  });
});

test('what is wrong with entries is told all at once, nothing secret among it', async () => {
  write('open', 'hush', 0o644);
  write('bad', 'hush');
  const components = [
    { path: 'nowhere.js' },
    { path: 'nowhere.js', transports: ['ftp://x'], keyring: 'none' },
    { path: 'nowhere.js', realm: 'a b', keyring: 'bad' },
    {
      path: 'nowhere.js',
      authentication: {
        ticket: { authid: 'ann', ticket: { file: 'open' } },
        wampcra: { authid: 'ann', secret: { env: 'NOBODY' } },
        cryptosign: { key: 'hush' },
        'wamp-scram': { authid: 'ann', password: {} as { file: string } },
        scram: { authid: 'ann', password: { file: 'bad', env: 'X' } },
      },
    },
    {
      path: 'nowhere.js',
      authentication: { tls: { authid: 'ann' }, ticket: { authid: 'bob', ticket: 'hush' } },
    },
  ];
  const error = await start({ from: directory, components, keyring: 'none', auth: 'ticket' }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(InvalidConfiguration);
  const { mistakes } = error as { readonly mistakes: readonly string[] };
  const missing = (index: number) =>
    expect.stringMatching(`^components\\[${index}\\]\\.path: nowhere\\.js: no such file`);
  expect(mistakes).toEqual([
    '--auth ticket: needs --authid',
    expect.stringMatching(/^keyring: cannot read .*none: no such file/),
    expect.stringMatching(/^components\[1\]\.transports\[0\]: url: "ftp:\/\/x" is not a router's URL/),
    expect.stringMatching(/^components\[1\]\.keyring: cannot read .*none: no such file/),
    expect.stringMatching(/^components\[2\]\.keyring: bad: /),
    expect.stringMatching(/^components\[2\]\.realm: .*a b/),
    expect.stringMatching(/^components\[3\]\.authentication\.ticket\.ticket: .*others can read or change .*chmod 600/),
    'components[3].authentication.wampcra.secret: the variable NOBODY is not set',
    expect.stringMatching(/^components\[3\]\.authentication\.cryptosign: .*expected 64 hexadecimal digits/),
    'components[3].authentication.wamp-scram.password: expected the text itself, { file } or { env }',
    'components[3].authentication.scram.password: expected the text itself, { file } or { env }',
    expect.stringMatching(/^components\[4\]\.authentication: .*authid/),
    ...[0, 1, 2, 3, 4].map(missing),
  ]);
  expect(mistakes.join()).not.toContain('hush');
});
