import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileSchema } from '../src/configuration/file-shape.js';
import { printed } from '../src/configuration/print.js';
import { type Configuration, readConfiguration } from '../src/configuration/read.js';
import { secretsIn } from '../src/configuration/secrets.js';
import { SETTING_NAMES, SETTINGS } from '../src/settings.js';
import { start } from '../src/start.js';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wamp-run-configuration-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(join(directory, name), text);
const read = (config?: string): Promise<Configuration> =>
  readConfiguration({ flags: {}, env: {}, directory, names: SETTING_NAMES, config });

/** What is wrong, a line each. */
async function mistakes(name: string, text: string): Promise<string[]> {
  write(name, text);
  const error = await read(name).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidConfiguration);
  return (error as Error).message.split(`; ${name}`).map((line, index) => (index === 0 ? line : name + line));
}

describe('where a file is found', () => {
  test.each([
    ['wamp-run.config.json', '{ "realm": "shop", "router": { "port": 9 } }'],
    ['wamp-run.config.yaml', 'realm: shop\nrouter: { port: 9 }'],
    ['wamp-run.config.yml', 'realm: shop\nrouter:\n  port: 9'],
    ['wamp-run.config.mjs', "export default { realm: 'shop', router: { port: 9 } };"],
    ['wamp-run.config.js', "export default { realm: 'shop', router: { port: 9 } };"],
  ])('%s', async (name, text) => {
    write('package.json', '{ "type": "module" }');
    write(name, text);
    const { settings, sources, file } = await read();
    expect([settings.realm, settings.port, file, sources.get('port')]).toEqual(['shop', 9, name, name]);
  });

  test('none is no mistake, two are, and --config settles it', async () => {
    expect((await read()).file).toBeUndefined();
    write('wamp-run.config.json', '{ "realm": "a" }');
    write('wamp-run.config.yaml', 'realm: b');
    await expect(read()).rejects.toThrow('there are wamp-run.config.json and wamp-run.config.yaml: keep one');
    expect((await read('wamp-run.config.yaml')).settings.realm).toBe('b');
  });

  test.each([
    ['nowhere.json', /^nowhere\.json: cannot be read: ENOENT/],
    ['nowhere.mjs', /^nowhere\.mjs: cannot be read: no such file/],
    ['config.toml', /^config\.toml: a file of configuration ends in \.json, \.yaml/],
    ['throws.mjs', /^throws\.mjs: cannot be loaded: out of luck/],
    ['bare.mjs', /^bare\.mjs: has no default export/],
    ['cut.json', /^cut\.json: is not JSON$/],
    ['comma.json', /^comma\.json:1:16: here it is no longer JSON$/],
    ['cut.yaml', /^cut\.yaml:\d:\d+: /],
  ])('%s is refused', async (name, message) => {
    write('throws.mjs', "throw new Error('out of luck');");
    write('bare.mjs', 'export const realm = 1;');
    write('cut.json', '{\n  "realm": x"hush" }');
    write('comma.json', '{ "realm": "a",}');
    write('cut.yaml', 'realm: [a\nurl: b');
    await expect(read(name)).rejects.toThrow(InvalidConfiguration);
    await expect(read(name)).rejects.toThrow(message);
    await expect(read(name)).rejects.not.toThrow(/hush/);
  });

  test('an empty file is an empty configuration', async () => {
    write('wamp-run.config.yaml', '# nothing yet\n');
    expect((await read()).settings.realm).toBe('realm1');
  });

  test('paths start where the file is', async () => {
    mkdirSync(join(directory, 'deploy'));
    write('deploy/a.yaml', 'keyring: k.json\nsecretFile: /s\ncomponents: [{ path: ../dist/x.js }]');
    const { settings } = await read('deploy/a.yaml');
    expect(settings).toMatchObject({
      keyring: join(directory, 'deploy/k.json'),
      secretFile: '/s',
      components: [{ path: join(directory, 'dist/x.js') }],
    });
  });
});

describe('what is wrong is told at once, with its place and the nearest right name', () => {
  test('in YAML', async () => {
    const text = `relm: shop
logLevel: lout
router:
  port: "x"
  limits: { sesions: 50, sessions: -1 }
components:
  - pth: x
    transports: [{ url: "ws://a", serializers: [cbr] }]
  - { path: 1, extra: { any: [thing] } }
`;
    expect(await mistakes('a.yaml', text)).toEqual([
      'a.yaml:1:1: relm: there is no such key; did you mean realm?',
      'a.yaml:2:1: logLevel: expected one of trace, debug, info, warn, error, silent, got "lout"',
      'a.yaml:4:3: router.port: expected a port (0 to 65535), got "x"',
      'a.yaml:5:13: router.limits.sesions: there is no such key; did you mean sessions?',
      'a.yaml:5:26: router.limits.sessions: expected a whole number, got -1',
      'a.yaml:7:5: components[0].path: is missing',
      'a.yaml:7:5: components[0].pth: there is no such key; did you mean path?',
      expect.stringMatching(
        /^a\.yaml:8:49: components\[0\]\.transports\[0\]\.serializers\[0\]: .*did you mean cbor\?$/,
      ),
      'a.yaml:9:7: components[1].path: expected the path of a built file, got 1',
    ]);
  });

  test('in JSON', async () => {
    expect(
      await mistakes('a.json', '{\n  "health": { "prt": 1 },\n  "components": [{ "path": "x", "restat": {} }]\n}'),
    ).toEqual([
      'a.json:2:15: health.prt: there is no such key; did you mean port?',
      'a.json:3:33: components[0].restat: there is no such key; did you mean restart?',
    ]);
  });

  test('in JavaScript, by key', async () => {
    expect(await mistakes('a.mjs', 'export default { router: { listen: "x" }, extra: 1 };')).toEqual([
      'a.mjs: router.listen: expected URLs to listen at, with commas between them, got string',
      expect.stringMatching(/^a\.mjs: extra: there is no such key/),
    ]);
  });

  test.each([['[]'], ['"text"'], ['7']])('%s is no configuration', async (text) => {
    expect((await mistakes('a.json', text))[0]).toMatch(/^a\.json:1:1: expected an object with \$schema, url, realm/);
  });

  test('what only the router knows to be wrong is told at its place', async () => {
    const text = `router:
  realms: ["a b", x, x, { name: y, history: { topics: [{ uri: "z z" }] } }]
  handshakeTimeout: 0
  limits:
    sessions: 0
    queuedBytes: 10
    queuedBytesInAll: 5
`;
    expect(await mistakes('a.yaml', text)).toEqual([
      expect.stringMatching(/^a\.yaml:3:3: router\.handshakeTimeout: expected 1 to/),
      expect.stringMatching(/^a\.yaml:2:12: router\.realms\[0\]: "a b" is not a URI/),
      expect.stringMatching(/^a\.yaml:2:58: router\.realms\[3\]\.history\.topics\[0\]\.uri: "z z" is not a URI/),
      expect.stringMatching(/^a\.yaml:5:5: router\.limits\.sessions: expected a whole number of at least 1/),
      expect.stringMatching(/^a\.yaml:7:5: router\.limits\.queuedBytesInAll: expected at least limits\.queuedBytes/),
    ]);
    expect(await mistakes('b.yaml', 'router: { realms: ["a b", x, x] }')).toEqual([
      expect.stringMatching(/router\.realms\[0\]: /),
      'b.yaml:1:30: router.realms[2]: "x" is listed twice',
    ]);
  });

  test('a text that may be a secret is not repeated', async () => {
    const [line] = await mistakes(
      'a.yaml',
      'components: [{ path: x, transports: hush-hush }]\nsecret: { is: hush-hush }',
    );
    expect(line).not.toContain('hush');
  });

  test('an own key __proto__ is a key that there is not', async () => {
    expect(await mistakes('a.json', '{ "__proto__": {} }')).toEqual([
      expect.stringMatching(/__proto__: there is no such key/),
    ]);
  });
});

describe('what is printed', () => {
  const text = `secret: hush-1
auth: ticket
url: ws://router/ws
components:
  - path: /x.js
    transports:
      - url: ws://a/ws
        headers: { authorization: Bearer hush-2, accept: hush-3 }
        proxy: http://ann:hush%2D4@proxy:3128
        tls: { ca: public, key: hush-5 }
    extra: { password: hush-6, deep: [{ api_key: hush-7 }], tokens: { a: hush-8 }, plain: open }
`;

  test('has every key with its value and where it comes from, and no secret', async () => {
    write('a.yaml', text);
    const configuration = await readConfiguration({
      flags: { realm: 'flagged' },
      env: { WAMP_PORT: '7' },
      directory,
      names: SETTING_NAMES,
      config: 'a.yaml',
    });
    const out = printed(configuration, ['./b.js']);
    const { file, files, values } = JSON.parse(out);
    expect([file, files]).toEqual(['a.yaml', ['./b.js']]);
    expect(Object.keys(values).sort()).toEqual(
      Object.values(SETTINGS)
        .flatMap(({ key }) => key ?? [])
        .sort(),
    );
    expect(values).toMatchObject({
      realm: { value: 'flagged', from: '--realm' },
      'router.port': { value: 7, from: 'WAMP_PORT' },
      'router.host': { value: '127.0.0.1', from: 'default' },
      'router.limits.sessions': { value: 10_000, from: 'default' },
      url: { value: 'ws://router/ws', from: 'a.yaml: url' },
      secret: { value: '***', from: 'a.yaml: secret' },
    });
    expect(values.components.value[0]).toMatchObject({
      transports: [
        { headers: { authorization: '***' }, proxy: 'http://***@proxy:3128', tls: { ca: 'public', key: '***' } },
      ],
      extra: { plain: 'open' },
    });
    expect(out).not.toContain('hush');
  });

  test('and what is masked there is what the log strikes out', async () => {
    write('a.yaml', text);
    const { settings } = await read('a.yaml');
    const secrets = secretsIn({ components: settings.components, secret: settings.secret });
    expect(secrets.map((secret) => secret.replace('Bearer ', '')).sort()).toEqual([
      'hush%2D4',
      ...[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `hush-${n}`),
    ]);
  });
});

describe('start() in code', () => {
  const from = '/';

  test('takes the same keys and refuses the same mistakes, all at once', async () => {
    const options = { from, relm: 'x', router: { port: 'x', limits: { sesions: 1 } }, components: [{}] };
    const message =
      /relm: there is no such key; did you mean realm\?.*router\.port: expected a port.*did you mean sessions\?.*components\[0\]\.path: is missing/;
    await expect(start(options as never)).rejects.toThrow(message);
  });

  test.each([
    [{ from }, /nothing to run/],
    [{ from, files: ['x.js'], connectTimeout: 5 }, /connectTimeout: is for files of configuration/],
    [{ from, files: ['x.js'], health: { host: '::1' } }, /health\.port: is missing/],
    [{ from, files: ['x.js'], router: { handshakeTimeout: 0 } }, /router\.handshakeTimeout: expected 1 to/],
    [{ from, files: ['x.js'], auth: 'ticket', authid: 'ann', secret: 'x' }, /a login is for a router that is there/],
    [
      { from, components: [{ path: 'x.js', transports: ['ws://a/ws', 'rs://a:1', { url: 'rs://a:1', headers: {} }] }] },
      /^components\[0\]\.transports\[2\]: rawsocket: headers: there is no such option/,
    ],
    [
      { from, components: [{ path: 'x.js', transports: ['ftp://a'] }] },
      /^components\[0\]\.transports\[0\]: url: "ftp:/,
    ],
  ])('%j', async (options, message) => {
    await expect(start(options as never)).rejects.toThrow(InvalidConfiguration);
    await expect(start(options as never)).rejects.toThrow(message);
  });
});

test('the JSON Schema knows every key, and no other', () => {
  type Schema = { properties?: Record<string, Schema>; additionalProperties?: unknown; description?: string };
  const schema = fileSchema() as Schema;
  for (const { key, doc } of Object.values(SETTINGS)) {
    if (key === undefined) continue;
    let found: Schema | undefined = schema;
    for (const part of key.split('.')) {
      expect(found?.additionalProperties).toBe(false);
      found = found?.properties?.[part];
    }
    expect(found?.description, key).toBe(doc);
  }
});
