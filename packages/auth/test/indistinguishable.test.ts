// What an outsider can see of a login: the same, whether the principal exists and the secret is wrong, or there is none.
import type { ClientAuthenticator, Dict, RouterAuthenticator } from '@wamp-run/protocol';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { base64, hex } from '../src/bytes.js';
import { cryptosign } from '../src/cryptosign/cryptosign.js';
import { cryptosignVerifier } from '../src/cryptosign/cryptosign-verifier.js';
import { generateKey, keyFromSeed } from '../src/cryptosign/key.js';
import { Decoys } from '../src/decoys.js';
import { scramCredential } from '../src/scram/credential.js';
import { scram } from '../src/scram/scram.js';
import { scramVerifier } from '../src/scram/scram-verifier.js';
import { ticket } from '../src/ticket/ticket.js';
import { ticketVerifier } from '../src/ticket/ticket-verifier.js';
import { deriveKey } from '../src/wampcra/signature.js';
import { wampcra } from '../src/wampcra/wampcra.js';
import { wampcraVerifier } from '../src/wampcra/wampcra-verifier.js';
import { keptIn, logIn } from './handshake.js';

const who = { authid: 'peter', authrole: 'user', realm: 'com.example' };
const credential = await scramCredential('right', { kdf: 'pbkdf2', iterations: 5000 });
const salted = { secret: await deriveKey('right', { salt: 'a salt of its own', iterations: 3000, keylen: 24 }) };
const decoySecret = new Uint8Array(32).fill(9);

interface Method {
  readonly router: (decoySecret?: Uint8Array) => RouterAuthenticator;
  /** A client that is wrong. */
  readonly client: (authid: string) => ClientAuthenticator;
}

const { key } = generateKey();
const METHODS: Record<string, Method> = {
  ticket: {
    router: () => ticketVerifier({ principals: [{ ...who, ticket: 'right' }] }),
    client: (authid) => ticket({ authid, ticket: 'wrong' }),
  },
  wampcra: {
    router: (secret) => wampcraVerifier({ principals: [{ ...who, secret: 'right' }], decoySecret: secret }),
    client: (authid) => wampcra({ authid, secret: 'wrong' }),
  },
  'wampcra with salt': {
    router: (secret) =>
      wampcraVerifier({
        principals: [{ ...who, ...salted, salt: 'a salt of its own', iterations: 3000, keylen: 24 }],
        decoySecret: secret,
      }),
    client: (authid) => wampcra({ authid, secret: 'wrong' }),
  },
  'wamp-scram': {
    router: (secret) => scramVerifier({ principals: [{ ...who, ...credential }], decoySecret: secret }),
    client: (authid) => scram({ authid, password: 'wrong' }),
  },
  cryptosign: {
    router: () => cryptosignVerifier({ principals: [{ ...who, publicKeys: [key.publicKey] }] }),
    // The right public key is shown where the principal exists, another where it does not: who has a key knows that.
    client: (authid) => {
      const wrong = keyFromSeed(new Uint8Array(32).fill(7));
      return cryptosign({ key: authid === 'peter' ? { ...wrong, publicKey: key.publicKey } : wrong, authid });
    },
  },
};

afterEach(() => {
  vi.restoreAllMocks();
});

/** What was computed, in order: how the time of a login comes about. */
function watchDigests(): string[] {
  const done: string[] = [];
  const { subtle } = globalThis.crypto;
  for (const name of ['sign', 'digest', 'deriveBits'] as const) {
    const original = subtle[name].bind(subtle) as (...args: unknown[]) => Promise<ArrayBuffer>;
    vi.spyOn(subtle, name).mockImplementation((...args: unknown[]) => {
      const data = args.at(-1);
      done.push(`${name} ${data instanceof Uint8Array ? Math.ceil(data.length / 64) : ''}`);
      return original(...args);
    });
  }
  return done;
}

describe.each(Object.entries(METHODS))('%s', (_, { router, client }) => {
  /** One login, and what it looked like from outside. */
  async function look(authid: string, at: RouterAuthenticator) {
    const challenges: Dict[] = [];
    const outcome = await logIn({
      client: client(authid),
      router: at,
      challenge: keptIn(challenges),
    });
    return { outcome, challenge: challenges[0] as Dict };
  }

  test('refuses a wrong secret and an unknown principal in the same words', async () => {
    const at = router();
    const known = await look('peter', at);
    const unknown = await look('paula', at);
    expect(known.outcome).toMatchObject({ by: 'router', reason: 'wamp.error.authentication_denied' });
    expect(unknown.outcome).toEqual(known.outcome);
  });

  test('challenges both alike', async () => {
    const at = router();
    const [known, unknown] = [(await look('peter', at)).challenge, (await look('paula', at)).challenge];
    expect(Object.keys(unknown)).toEqual(Object.keys(known));
    for (const [name, value] of Object.entries(known)) {
      const other = unknown[name];
      if (typeof value === 'number' || name === 'kdf') expect(other, name).toBe(value);
      if (typeof value === 'string') expect(other, name).toHaveLength(value.length);
    }
    if (typeof known.challenge === 'string' && known.challenge.startsWith('{')) {
      const { nonce: _one, authid: _peter, ...said } = JSON.parse(known.challenge);
      expect(JSON.parse(String(unknown.challenge))).toMatchObject({ ...said, timestamp: expect.any(String) });
    }
  });

  test('computes the same for both', async () => {
    const at = router();
    await look('warm', at);
    const done = watchDigests();
    await look('peter', at);
    const known = done.splice(0);
    await look('paula', at);
    expect(done).toEqual(known);
  });

  test('gives an unknown principal one salt, also from another router with the same secret', async () => {
    const [first, second] = [router(decoySecret), router(decoySecret)];
    const salts = await Promise.all([look('paula', first), look('paula', first), look('paula', second)]);
    expect(new Set(salts.map(({ challenge }) => challenge.salt)).size).toBe(1);
    const { salt } = salts[0].challenge;
    if (salt === undefined) return;
    const other = router(new Uint8Array(32).fill(8));
    expect((await look('paula', other)).challenge.salt).not.toBe(salt);
    expect((await look('paul', first)).challenge.salt).not.toBe(salt);
  });
});

test('principals of a function look as the option says', async () => {
  const challenges: Dict[] = [];
  const challenge = keptIn(challenges);
  const decoy = { authrole: 'device', authprovider: 'users', saltLength: 20, iterations: 2000, keylen: 16 };
  const byCra = wampcraVerifier({ principals: async () => undefined, decoy });
  await logIn({ client: wampcra({ authid: 'nobody', secret: 'x' }), router: byCra, challenge });
  expect(challenges[0]).toMatchObject({ salt: expect.stringMatching(/^.{20}$/), iterations: 2000, keylen: 16 });
  expect(JSON.parse(String(challenges[0]?.challenge))).toMatchObject({ authrole: 'device', authprovider: 'users' });

  const byScram = scramVerifier({ principals: () => null, decoy: { kdf: 'pbkdf2', iterations: 5000 } });
  await logIn({ client: scram({ authid: 'nobody', password: 'x' }), router: byScram, challenge });
  expect(challenges[1]).toMatchObject({ kdf: 'pbkdf2', iterations: 5000 });
});

test('whoever finds out what is made up for an unknown principal is not let in either', async () => {
  const random = (length: number) => new Uint8Array(length).fill(3);
  const of = { authid: 'paula', realm: 'com.example', length: 32, random };
  const made = await new Decoys(undefined).bytes('ticket', of);
  const byTicket = ticketVerifier({ principals: [] });
  const guess = ticket({ authid: 'paula', ticket: hex(made) });
  expect(await logIn({ client: guess, router: byTicket, random })).toMatchObject({
    by: 'router',
    reason: 'wamp.error.authentication_denied',
  });

  const secret = base64(await new Decoys(decoySecret).bytes('secret', of));
  const byCra = wampcraVerifier({ principals: [], decoySecret });
  expect(await logIn({ client: wampcra({ authid: 'paula', secret }), router: byCra })).toMatchObject({
    by: 'router',
    reason: 'wamp.error.authentication_denied',
  });
});
