import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidConfiguration } from '@wamp-run/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LoginSettings, readLogin } from '../src/login.js';

const NOTHING: LoginSettings = { auth: '', authid: '', secret: '', secretFile: '' };
const SEED = '4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wamp-run-login-'));
  await writeFile(join(folder, 'secret'), 'sesame\n', { mode: 0o600 });
  await writeFile(join(folder, 'key'), SEED, { mode: 0o600 });
  await writeFile(join(folder, 'open'), 'sesame\n', { mode: 0o644 });
});
afterAll(() => rm(folder, { recursive: true }));

test('nothing asked for is no login', async () => {
  expect((await readLogin(NOTHING, folder)).authenticators).toEqual([]);
});

describe('each method', () => {
  test.each(['ticket', 'wampcra', 'wamp-scram'] as const)('%s: by file or by text', async (auth) => {
    for (const how of [{ secretFile: 'secret' }, { secret: 'sesame' }]) {
      const {
        authenticators: [authenticator],
      } = await readLogin({ ...NOTHING, auth, authid: 'ann', ...how }, folder);
      expect(authenticator).toMatchObject({ method: auth, authid: 'ann' });
    }
  });

  test('the ticket is the text without the end of its line', async () => {
    const {
      authenticators: [authenticator],
    } = await readLogin({ auth: 'ticket', authid: 'ann', secret: '', secretFile: 'secret' }, folder);
    const challenge = { method: 'ticket', extra: {} };
    const transport = { wire: 'memory', peer: 'memory', serializer: 'none', protocol: 'memory', secure: true } as const;
    const context = { realm: 'realm1', authid: 'ann', authrole: undefined, authextra: {}, transport };
    expect(await authenticator?.begin().onChallenge?.(challenge, context)).toBe('sesame');
  });

  test('cryptosign: the key says who it is, a name may be added', async () => {
    const {
      authenticators: [nameless],
    } = await readLogin({ ...NOTHING, auth: 'cryptosign', secretFile: 'key' }, folder);
    expect(nameless).toMatchObject({ method: 'cryptosign', authid: undefined });
    const {
      authenticators: [named],
    } = await readLogin({ ...NOTHING, auth: 'cryptosign', secretFile: 'key', authid: 'ann' }, folder);
    expect(named).toMatchObject({ authid: 'ann' });
  });
});

describe('what is wrong is refused, and nothing secret is said', () => {
  test.each<[Partial<LoginSettings>, RegExp]>([
    [{ authid: 'ann' }, /name it with --auth/],
    [{ secret: 'sesame' }, /name it with --auth/],
    [{ auth: 'ticket', secret: 'sesame' }, /^--auth ticket: needs --authid$/],
    [{ auth: 'ticket', authid: 'ann' }, /^--auth ticket: needs its secret in --secret-file, or in WAMP_SECRET$/],
    [{ auth: 'cryptosign' }, /^--auth cryptosign: needs its private key in --secret-file/],
    [{ auth: 'ticket', authid: 'ann', secret: 'sesame', secretFile: 'secret' }, /needs its secret once/],
    [{ auth: 'ticket', authid: 'ann', secretFile: 'open' }, /run: chmod 600 /],
    [{ auth: 'ticket', authid: 'ann', secretFile: 'nowhere' }, /cannot read .*nowhere: no such file/],
    [{ auth: 'cryptosign', secret: 'sesame' }, /expected 64 hexadecimal digits/],
  ])('%j', async (given, expected) => {
    const error = await readLogin({ ...NOTHING, ...given }, folder).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(InvalidConfiguration);
    expect((error as Error).message).toMatch(expected);
    expect((error as Error).message).not.toContain('sesame');
  });
});
