import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keyFromSeed } from '@wamp-run/auth/cryptosign';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLogin } from '../src/login.js';
import { sshAgent } from '../src/ssh-agent.js';

const key = keyFromSeed('4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510');

let folder: string;
let server: Server;
let path: string;
/** What the agent does with a request. */
let answers: (socket: Socket, request: Buffer) => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wamp-run-agent-'));
  path = join(folder, 'socket');
  await writeFile(join(folder, 'key.pub'), key.publicKey, { mode: 0o644 });
  server = createServer((socket) => socket.on('data', (request) => answers(socket, request)));
  server.listen(path);
  await once(server, 'listening');
});
afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const string = (bytes: Uint8Array) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
};

/** An agent's list of one key. */
function identities(publicKey: string): Buffer {
  const blob = Buffer.concat([string(Buffer.from('ssh-ed25519')), string(Buffer.from(publicKey, 'hex'))]);
  return string(Buffer.concat([Buffer.from([12, 0, 0, 0, 1]), string(blob), string(Buffer.from('of peter'))]));
}

describe('the socket of an agent', () => {
  test('gives the whole of an answer, in however many pieces it comes', async () => {
    answers = (socket) => {
      const answer = string(Buffer.from('abcdef'));
      socket.write(answer.subarray(0, 2), () =>
        socket.write(answer.subarray(2, 7), () => socket.write(answer.subarray(7))),
      );
    };
    expect(Buffer.from(await sshAgent(path)(Buffer.from('x'))).toString('latin1')).toBe('\0\0\0\x06abcdef');
  });

  test.each<[string, (socket: Socket) => void, RegExp]>([
    ['that hangs up', (socket) => socket.end(), /hung up/],
    ['that is none', (socket) => socket.write(Buffer.from('HTTP/1.1 400')), /no ssh-agent/],
  ])('%s is told of', async (_, behaves, expected) => {
    answers = behaves;
    await expect(sshAgent(path)(Buffer.from('x'))).rejects.toThrow(expected);
  });

  test('that is not there is told of', async () => {
    await expect(sshAgent(join(folder, 'nobody'))(Buffer.from('x'))).rejects.toThrow(/ENOENT/);
  });
});

describe('a login by a public key', () => {
  const settings = { auth: 'cryptosign', authid: '', secret: '', secretFile: 'key.pub' } as const;

  test('has its private half in the agent', async () => {
    answers = (socket) => socket.write(identities(key.publicKey));
    const { authenticators, digest } = await readLogin(settings, folder, path);
    const [authenticator] = authenticators;
    expect(authenticator?.begin().authextra).toEqual({ pubkey: key.publicKey });
    const named = await readLogin({ ...settings, authid: 'peter' }, folder, path);
    expect(named.authenticators).toMatchObject([{ method: 'cryptosign', authid: 'peter' }]);
    expect(named.digest).not.toBe(digest);
  });

  test.each<[string, string, RegExp]>([
    ['no agent', '', /is a public key, and there is no ssh-agent: SSH_AUTH_SOCK is not set$/],
    ['an agent that is gone', 'gone', /^secretFile: the ssh-agent at .*ENOENT/],
  ])('%s: refused', async (_, socket, expected) => {
    await expect(readLogin(settings, folder, socket === '' ? '' : join(folder, socket))).rejects.toThrow(expected);
  });

  test('another key in the agent, and a file that is no key: refused', async () => {
    answers = (socket) => socket.write(identities('ab'.repeat(32)));
    await expect(readLogin(settings, folder, path)).rejects.toThrow(/does not have the key of .*ssh-add$/);
    await writeFile(join(folder, 'no.pub'), 'hush-hush');
    const wrong = readLogin({ ...settings, secretFile: 'no.pub' }, folder, path);
    await expect(wrong).rejects.toThrow(/expected an Ed25519 key/);
    await expect(wrong).rejects.not.toThrow(/hush/);
  });
});
