import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKey } from '@wamp-run/auth/cryptosign';
import { scramCredential } from '@wamp-run/auth/scram';
import { ticketVerifier } from '@wamp-run/auth/ticket';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fileSchema } from '../src/configuration/file-shape.js';
import { fileOf, printed } from '../src/configuration/print.js';
import { examined, readConfiguration } from '../src/configuration/read.js';
import { secretsIn } from '../src/configuration/secrets.js';
import { SETTING_NAMES } from '../src/settings.js';

const HUSH = 'hush-hush';
const { key } = generateKey();
const who = { authid: 'peter', authrole: 'user', realm: 'shop' };

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'wamp-run-router-logins-'));
});
afterEach(() => rm(directory, { recursive: true }));

const write = (name: string, text: string, mode = 0o600) => writeFile(join(directory, name), text, { mode });
const read = (env: Record<string, string> = {}) =>
  readConfiguration({ flags: {}, env, directory, names: SETTING_NAMES });

/** What is wrong with a section of a program, a line each. */
async function mistakes(router: unknown, env: Record<string, string> = {}): Promise<string[]> {
  const { mistakes: found } = await examined({ router }, { from: directory, env });
  return found.map(({ path, text, place = path.join('.') }) => `${place}: ${text}`);
}

/** What is wrong with a file of configuration, in one text. */
async function refused(env?: Record<string, string>): Promise<string> {
  const error = await read(env).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(InvalidConfiguration);
  return (error as Error).message;
}

describe('every method has its authenticator', () => {
  test('with secrets from files, from variables, and in place', async () => {
    const { salt, storedKey, serverKey, ...cost } = await scramCredential(HUSH, { kdf: 'pbkdf2', iterations: 4096 });
    await write('ticket', `${HUSH}\n`);
    await write('peter.scram', JSON.stringify({ ...cost, salt, storedKey, serverKey }));
    await write('peter.pub', key.publicKey, 0o644);
    const { mistakes: none, logins } = await examined(
      {
        router: {
          authentication: { anonymous: {}, ticket: {}, wampcra: {}, 'wamp-scram': {}, scram: {}, cryptosign: {} },
          principals: [
            {
              ...who,
              authprovider: 'files',
              ticket: { file: 'ticket' },
              wampcra: { secret: { env: 'PETER' }, salt: 'salt', iterations: 2000, keylen: 16 },
              'wamp-scram': 'peter.scram',
              scram: { ...cost, salt, storedKey: { env: 'STORED' }, serverKey },
              cryptosign: { publicKeys: [{ file: 'peter.pub' }] },
            },
          ],
        },
      },
      { from: directory, env: { PETER: HUSH, STORED: storedKey } },
    );
    expect(none).toEqual([]);
    expect(logins.authenticators?.map(({ method }) => method)).toEqual([
      'anonymous',
      'ticket',
      'wampcra',
      'wamp-scram',
      'scram',
      'cryptosign',
    ]);
    expect(logins.realms).toEqual([{ realm: 'shop', place: 'router.principals[0].realm' }]);
  });

  test('a section that says nothing of logins has none', async () => {
    const { logins } = await examined({ router: { port: 0 } }, { from: directory, env: {} });
    expect(logins.authenticators).toBeUndefined();
  });

  test("authenticators of a program's own come along", async () => {
    const own = [ticketVerifier({ principals: [] })];
    const { logins } = await examined(
      { router: { authentication: { anonymous: {} }, authenticators: own } },
      { from: directory, env: {} },
    );
    expect(logins.authenticators?.map(({ method }) => method)).toEqual(['anonymous', 'ticket']);
    expect(await mistakes({ authentication: { ticket: {} }, authenticators: own })).toEqual([
      'router.authenticators.0: authentication offers ticket already',
    ]);
  });
});

describe('what is wrong is told at once', () => {
  test('with file, line, key and the nearest right name', async () => {
    await write('people.yaml', `- { authid: peter, authrole: custmer, realm: shop, ticket: { env: NOPE } }\n`, 0o644);
    await write(
      'wamp-run.config.yaml',
      `router:
  principals: people.yaml
  authentication:
    ticket: { challengeTimeout: 1000 }
    cryptosign: { key: { file: none.key } }
  realms:
    - name: shop
      authorizer: { procedure: "x x", cache: { size: 10 } }
    - name: lab
      authenticator: { procedure: "y y" }
      roles:
        - name: customer
          rules: [{ uri: "a b" }, { uri: com.shop., match: prefix }, { uri: "c d" }]
        - { name: customer, rules: [] }
`,
    );
    const text = await refused();
    expect(text.split('; wamp-run.config')).toHaveLength(5);
    for (const line of [
      'yaml:8:21: router.realms[0].authorizer.procedure: "x x" is not a URI',
      'yaml:10:24: router.realms[1].authenticator.procedure: "y y" is not a URI',
      'yaml:13:21: router.realms[1].roles[0].rules[0].uri: "a b" is not a URI',
      'yaml:13:72: router.realms[1].roles[0].rules[2].uri: "c d" is not a URI',
      'yaml:5:19: router.authentication.cryptosign.key: the key: cannot read',
      'people.yaml:1:52: [0].ticket: the variable NOPE is not set',
    ]) {
      expect(text).toContain(line);
    }
  });

  test.each<[unknown, RegExp]>([
    [{ authentication: { tiket: {} } }, /authentication\.tiket: there is no such key; did you mean ticket\?$/],
    [
      { authentication: { ticket: { challengeTimeout: 0 } } },
      /challengeTimeout: expected a number of milliseconds, got 0/,
    ],
    [{ authentication: { wampcra: { decoySecret: 'short' } } }, /decoySecret: expected base64 of at least 16 bytes/],
    [{ authentication: { cryptosign: { key: HUSH } } }, /cryptosign\.key: private key: expected 64 hexadecimal digits/],
    [{ principals: [{ ...who, ticket: HUSH }] }, /principals\.0\.ticket: router\.authentication does not offer ticket/],
    [{ principals: [who] }, /principals\.0: has no way to log in; give it ticket, wampcra/],
    [
      { principals: [{ ...who, ticket: {} }] },
      /principals\.0\.ticket: expected the text itself, \{ file \} or \{ env \}$/,
    ],
    [{ principals: [{ ...who, ticket: { fil: 'x' } }] }, /ticket\.fil: there is no such key; did you mean file\?$/],
    [{ principals: 'people.toml' }, /principals: expected a file that ends in \.json, \.yaml or \.yml$/],
    [{ principals: 'nowhere.json' }, /principals: nowhere\.json: cannot be read/],
    [{ authenticators: 7 }, /authenticators: expected a list of authenticators, which only JavaScript can give, got 7/],
    [{ authenticators: [7] }, /authenticators\.0: expected an authenticator \(method, begin\), got integer/],
    [{ realms: [{ name: 'a', trustLevel: 'x' }] }, /trustLevel: expected a function, which only JavaScript can give/],
    [{ realms: [{ name: 'a', authorizer: {} }] }, /authorizer: expected either authorize or procedure/],
    [
      { realms: [{ name: 'a', authorizer: { procedure: 'p', cache: true } }] },
      /cache: expected an object with size, ttl, by/,
    ],
    [{ realms: [{ name: 'a', roles: [{ name: 'r' }] }] }, /roles\.0\.rules: is missing/],
    [
      { realms: [{ name: 'a', roles: [{ name: 'r', rules: [{ uri: 'x', disclose: { caller: 'alway' } }] }] }] },
      /disclose\.caller: .*did you mean always\?$/,
    ],
  ])('%j', async (router, expected) => {
    const found = await mistakes(router);
    expect(found).toContainEqual(expect.stringMatching(expected));
    expect(found.join()).not.toContain(HUSH);
  });

  test('a principal of a role, or of a name, that cannot be', async () => {
    const authentication = { ticket: {} };
    const realms = [{ name: 'shop', roles: [{ name: 'customer', rules: [] }] }];
    const peter = { ...who, authrole: 'customr', ticket: HUSH };
    expect(await mistakes({ authentication, realms, principals: [peter] })).toEqual([
      'router.principals.0.authrole: the realm shop has no role "customr"; did you mean customer?',
    ]);
    const twice = [
      { ...who, ticket: HUSH },
      { ...who, ticket: HUSH },
    ];
    expect(await mistakes({ authentication, principals: twice })).toEqual([
      'router.principals.1.authid: "peter" is there twice in the realm shop; one entry has all of its methods',
    ]);
    expect(await mistakes({ authentication, principals: [{ ...who, realm: 'no realm', ticket: HUSH }] })).toEqual([
      expect.stringMatching(/^router\.principals\.0\.realm: "no realm" is not a URI/),
    ]);
    const keys = { publicKeys: [key.publicKey] };
    const shared = ['ann', 'bob'].map((authid) => ({ ...who, authid, cryptosign: keys }));
    expect(await mistakes({ authentication: { cryptosign: {} }, principals: shared })).toEqual([
      expect.stringMatching(/^router\.authentication\.cryptosign: .*two in one realm have the public key/),
    ]);
  });
});

describe('who can read the secrets', () => {
  const section = 'router: { authentication: { ticket: {} }, principals: people.yaml }\n';
  const inline = `- { authid: peter, authrole: user, realm: shop, ticket: ${HUSH} }\n`;

  test.skipIf(process.platform === 'win32')('a file of principals that holds some is its owner’s alone', async () => {
    await write('wamp-run.config.yaml', section);
    await write('people.yaml', inline, 0o644);
    await chmod(join(directory, 'people.yaml'), 0o644);
    const text = await refused();
    expect(text).toContain(`run: chmod 600 ${join(directory, 'people.yaml')}`);
    expect(text).not.toContain(HUSH);
    await chmod(join(directory, 'people.yaml'), 0o600);
    expect((await read()).settings.router.principals).toBe(join(directory, 'people.yaml'));
  });

  test('one that only says where they are can be anybody’s', async () => {
    await write('wamp-run.config.yaml', section);
    await write('people.yaml', '- { authid: peter, authrole: user, realm: shop, ticket: { env: PETER } }', 0o644);
    await expect(read({ PETER: HUSH })).resolves.toBeDefined();
    expect(await refused()).toContain('people.yaml:1:49: [0].ticket: the variable PETER is not set');
  });

  test.skipIf(process.platform === 'win32')('the same holds of the file of configuration', async () => {
    await write('wamp-run.config.yaml', `router:\n  authentication: { ticket: {} }\n  principals:\n  ${inline}`);
    await chmod(join(directory, 'wamp-run.config.yaml'), 0o640);
    expect(await refused()).toMatch(/mode 0640\); run: chmod 600 .*or keep the secrets elsewhere/);
    await chmod(join(directory, 'wamp-run.config.yaml'), 0o600);
    const configuration = await read();
    expect(secretsIn(fileOf(configuration.settings))).toEqual([HUSH]);
    expect(printed(configuration, [])).not.toContain(HUSH);
    expect(printed(configuration, [])).toContain('"ticket": "***"');
  });
});

test.skipIf(process.platform === 'win32')(
  'a key of the router in the file of configuration is its owner’s alone',
  async () => {
    const seed = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';
    await write('wamp-run.config.yaml', `router: { authentication: { cryptosign: { key: ${seed} } } }`, 0o644);
    const text = await refused();
    expect(text).toMatch(/^router\.authentication: others can read or change .*run: chmod 600 /);
    await chmod(join(directory, 'wamp-run.config.yaml'), 0o600);
    const configuration = await read();
    expect(printed(configuration, [])).toContain('"key": "***"');
    expect(text + printed(configuration, [])).not.toContain(seed);
  },
);

describe('what is shown', () => {
  test('paths are absolute, functions are only named, and a file of JavaScript may have them', async () => {
    await write('package.json', '{ "type": "module" }');
    await write('peter.ticket', HUSH);
    await write(
      'wamp-run.config.js',
      `class Own { #secret = 'x'; method = 'own'; begin() { return { onHello: () => ({ outcome: 'deny', message: this.#secret }) }; } }
       export default { router: {
         authentication: { ticket: {} },
         authenticators: [new Own()],
         principals: [{ authid: 'a', authrole: 'r', realm: 'shop', ticket: { file: 'peter.ticket' } }],
         realms: [{ name: 'shop', authorizer: { authorize: () => true, cache: false }, trustLevel: () => 1 }],
       } };`,
    );
    const configuration = await read();
    const out = JSON.parse(printed(configuration, []));
    expect(out.values['router.authenticators'].value).toBe('(code)');
    expect(out.values['router.realms'].value).toEqual([
      { name: 'shop', authorizer: { authorize: '(code)', cache: false }, trustLevel: '(code)' },
    ]);
    expect(out.values['router.principals'].value[0].ticket).toEqual({ file: join(directory, 'peter.ticket') });
    // What only JavaScript has comes through as it is, private members and all.
    const [own] = configuration.settings.router.authenticators ?? [];
    expect(await own?.begin({} as never).onHello()).toEqual({ outcome: 'deny', message: 'x' });
  });

  test('the schema of a file knows the keys, and lets no function in', () => {
    const text = JSON.stringify(fileSchema());
    for (const word of ['authentication', 'principals', 'publicKeys', 'roles', 'authorizer', 'decoySecret']) {
      expect(text).toContain(`"${word}"`);
    }
    expect(text).toContain('"authenticators":{"not":{}');
  });
});
