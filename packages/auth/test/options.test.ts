import { InvalidConfiguration } from '@wamp-run/protocol';
import { describe, expect, test } from 'vitest';
import { anonymous } from '../src/anonymous/anonymous.js';
import { anonymousVerifier } from '../src/anonymous/anonymous-verifier.js';
import { agentKey } from '../src/cryptosign/agent-key.js';
import { cryptosign } from '../src/cryptosign/cryptosign.js';
import { cryptosignVerifier } from '../src/cryptosign/cryptosign-verifier.js';
import { generateKey } from '../src/cryptosign/key.js';
import { scramCredential } from '../src/scram/credential.js';
import { autobahnScram, scram } from '../src/scram/scram.js';
import { autobahnScramVerifier, scramVerifier } from '../src/scram/scram-verifier.js';
import { ticket } from '../src/ticket/ticket.js';
import { ticketVerifier } from '../src/ticket/ticket-verifier.js';
import { tlsCertificate } from '../src/tls/tls-certificate.js';
import { tlsCertificateVerifier } from '../src/tls/tls-certificate-verifier.js';
import { generateTotpSecret, otpauthUri } from '../src/totp/totp.js';
import { totpCheck } from '../src/totp/totp-check.js';
import { generateSecret } from '../src/wampcra/signature.js';
import { wampcra } from '../src/wampcra/wampcra.js';
import { wampcraVerifier } from '../src/wampcra/wampcra-verifier.js';

const who = { authid: 'peter', authrole: 'user', realm: 'com.example' };
const { key } = generateKey();
const publicKeys = [key.publicKey];
const credential = await scramCredential('x', { kdf: 'pbkdf2', iterations: 1 });
const secret = 'GEZDGNBVGY3TQOJQ';

/** What is built with options that no type allows. */
const wrong = <T>(value: unknown) => value as T;

describe('an option that is wrong is refused where it is given, with its name', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['a slip of the pen', () => ticket(wrong({ authid: 'p', tiket: 'x' })), /^ticket: tiket: .*did you mean ticket\?/],
    ['another', () => wampcra(wrong({ authId: 'p', secret: 'x' })), /authId: .*did you mean authid\?/],
    ['no options', () => scram(wrong(undefined)), /^scram: expected an object/],
    ['no authid', () => ticket(wrong({ ticket: 'x' })), /^ticket: authid: expected a string/],
    ['an empty authid', () => wampcra({ authid: '', secret: 'x' }), /^wampcra: authid: .*empty/],
    ['no ticket', () => ticket(wrong({ authid: 'p' })), /^ticket: ticket: expected/],
    ['an empty secret', () => wampcra({ authid: 'p', secret: '' }), /^wampcra: secret: .*empty/],
    ['no password', () => scram(wrong({ authid: 'p' })), /^scram: password: expected/],
    ['an authrole that is none', () => anonymous(wrong({ authrole: 1 })), /^anonymous: authrole:/],
    ['an authid that is none', () => tlsCertificate(wrong({ authid: 1 })), /^tlsCertificate: authid:/],
    [
      'a range upside down',
      () => wampcra({ authid: 'p', secret: 'x', iterations: { least: 5, most: 4 } }),
      /iterations\.most/,
    ],
    [
      'a range that is none',
      () => wampcra(wrong({ authid: 'p', secret: 'x', iterations: 5 })),
      /iterations: expected \{/,
    ],
    [
      'a limit that there is not',
      () => scram(wrong({ authid: 'p', password: 'x', limits: { mem: {} } })),
      /limits: mem:/,
    ],
    ['a binding', () => scram(wrong({ authid: 'p', password: 'x', channelBinding: 'tls-unique' })), /channelBinding/],
    [
      'a binding of Autobahn’s',
      () => autobahnScram(wrong({ authid: 'p', password: 'x', channelBinding: 'x' })),
      /channelBinding/,
    ],
    ['randomness', () => scram(wrong({ authid: 'p', password: 'x', random: 4 })), /^scram: random:/],
    ['a key', () => cryptosign(wrong({ key: '00' })), /^cryptosign: key: expected a key/],
    ['a binding by cryptosign', () => cryptosign(wrong({ key, channelBinding: 'x' })), /channelBinding/],
    ['no router keys', () => cryptosign({ key, routerKeys: [] }), /routerKeys: expected a list/],
    ['a router key', () => cryptosign({ key, routerKeys: ['00'] }), /routerKeys\[0\]/],
    ['a trustroot', () => cryptosign({ key, trustroot: '0x12' }), /trustroot/],
    ['certificates', () => cryptosign(wrong({ key, certificates: 'x' })), /certificates: expected a list/],
    ['certificates without a trustroot', () => cryptosign({ key, certificates: [] }), /need a trustroot/],
    ['an agent', () => agentKey(key.publicKey, wrong(undefined)), /exchange/],
    ['the key of an agent', () => agentKey('00', async (x) => x), /publicKey/],
    ['the realms of nobody', () => anonymousVerifier(wrong({ realms: 'x' })), /realms: expected a list/],
    ['a role of nobody', () => anonymousVerifier({ authrole: '' }), /authrole/],
    ['no principals', () => ticketVerifier(wrong({})), /^ticketVerifier: principals: expected a list, or a function/],
    ['a principal', () => ticketVerifier({ principals: wrong([null]) }), /principals\[0\]: expected a principal/],
    [
      'a principal without a role',
      () => ticketVerifier({ principals: wrong([{ ...who, authrole: '', ticket: 'x' }]) }),
      /principals\[0\]\.authrole/,
    ],
    ['a principal without a ticket', () => ticketVerifier({ principals: wrong([who]) }), /principals\[0\]\.ticket/],
    [
      'the extra of a principal',
      () => ticketVerifier({ principals: wrong([{ ...who, ticket: 'x', authextra: 1 }]) }),
      /authextra/,
    ],
    [
      'one authid twice',
      () =>
        wampcraVerifier({
          principals: [
            { ...who, secret: 'x' },
            { ...who, secret: 'y' },
          ],
        }),
      /twice/,
    ],
    [
      'iterations without a salt',
      () => wampcraVerifier({ principals: [{ ...who, secret: 'x', iterations: 5 }] }),
      /salt/,
    ],
    ['a timeout', () => wampcraVerifier({ principals: [], challengeTimeout: 0 }), /challengeTimeout/],
    ['a date', () => wampcraVerifier(wrong({ principals: [], date: 5 })), /date/],
    [
      'a short secret for decoys',
      () => wampcraVerifier({ principals: [], decoySecret: new Uint8Array(8) }),
      /decoySecret/,
    ],
    ['a decoy', () => wampcraVerifier(wrong({ principals: [], decoy: { role: 'x' } })), /decoy: role/],
    [
      'the cost of a decoy',
      () => scramVerifier({ principals: [], decoy: { kdf: 'argon2id13', iterations: 1 } }),
      /memory/,
    ],
    ['a key derivation', () => scramVerifier({ principals: wrong([{ ...who, ...credential, kdf: 'md5' }]) }), /kdf/],
    ['a salt', () => scramVerifier({ principals: [{ ...who, ...credential, salt: 'AAAA' }] }), /salt/],
    ['memory for PBKDF2', () => scramVerifier({ principals: [{ ...who, ...credential, memory: 5 }] }), /memory/],
    ['a switch', () => scramVerifier(wrong({ principals: [], requireChannelBinding: 'yes' })), /requireChannelBinding/],
    [
      'a switch that Autobahn’s has not',
      () => autobahnScramVerifier(wrong({ principals: [], requireChannelBinding: true })),
      /requireChannelBinding/,
    ],
    ['no public keys', () => cryptosignVerifier({ principals: [{ ...who, publicKeys: [] }] }), /publicKeys/],
    ['a public key', () => cryptosignVerifier({ principals: [{ ...who, publicKeys: ['zz'] }] }), /publicKeys\[0\]/],
    [
      'one public key of two',
      () =>
        cryptosignVerifier({
          principals: [
            { ...who, publicKeys },
            { ...who, authid: 'anna', publicKeys },
          ],
        }),
      /two in one realm/,
    ],
    ['a router’s key', () => cryptosignVerifier(wrong({ principals: [], key: {} })), /key: expected a key/],
    ['nothing of a certificate', () => tlsCertificateVerifier({ principals: [who] }), /give fingerprint or commonName/],
    ['a fingerprint', () => tlsCertificateVerifier({ principals: [{ ...who, fingerprint: 'ab:cd' }] }), /fingerprint/],
    ['a window', () => totpCheck(secret, { window: 11 }), /window/],
    ['a short secret', () => generateTotpSecret(4), /bytes/],
    ['a label', () => otpauthUri(secret, { label: '', issuer: 'x' }), /label/],
    ['a length', () => generateSecret(0), /length/],
  ])('%s', (_, build, says) => {
    expect(build).toThrow(InvalidConfiguration);
    expect(build).toThrow(says);
  });

  test('a principal whose realm is none', () => {
    expect(() => ticketVerifier({ principals: [{ ...who, realm: 'no realm', ticket: 'x' }] })).toThrow(
      /principals\[0\]\.realm/,
    );
    expect(() => anonymousVerifier({ realms: ['no realm'] })).toThrow(/realms\[0\]/);
  });

  test.each([
    ['a function that gives nothing', () => wrong<string>(undefined)],
    ['a function that gives an empty text', async () => ''],
  ])('%s for a ticket', async (_, give) => {
    const login = ticket({ authid: 'p', ticket: give }).begin();
    const answering = async () => login.onChallenge?.({ method: 'ticket', extra: {} }, wrong({}));
    await expect(answering()).rejects.toThrow(InvalidConfiguration);
  });
});

test('a list of principals is taken as it was', async () => {
  const principals = [{ ...who, ticket: 'x' }];
  const router = ticketVerifier({ principals });
  principals.length = 0;
  const { logIn } = await import('./handshake.js');
  expect(await logIn({ client: ticket({ authid: 'peter', ticket: 'x' }), router })).toMatchObject({ by: 'welcome' });
});
