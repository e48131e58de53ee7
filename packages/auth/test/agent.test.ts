import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, watch } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { concat, fromHex, hex, utf8 } from '../src/bytes.js';
import { type AgentExchange, agentIdentities, agentKey } from '../src/cryptosign/agent-key.js';
import { sshString } from '../src/cryptosign/byte-reader.js';
import { cryptosign } from '../src/cryptosign/cryptosign.js';
import { cryptosignVerifier } from '../src/cryptosign/cryptosign-verifier.js';
import { isSignature, keyFromSeed } from '../src/cryptosign/key.js';
import { logIn } from './handshake.js';

const key = keyFromSeed('4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510');
const hasAgent = ['ssh-agent', 'ssh-add', 'ssh-keygen'].every((name) => spawnSync('which', [name]).status === 0);

describe.skipIf(!hasAgent)('the ssh-agent of OpenSSH (skipped where there is none)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wamp-agent-'));
  const socketPath = join(folder, 'socket');
  let agent: ChildProcess;

  beforeAll(async () => {
    agent = spawn('ssh-agent', ['-D', '-a', socketPath], { stdio: 'ignore' });
    const watcher = watch(folder);
    while (!existsSync(socketPath)) await once(watcher, 'change');
    watcher.close();
    for (const type of ['ed25519', 'ecdsa']) {
      spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', `of ${type}`, '-f', join(folder, type)]);
      spawnSync('ssh-add', ['-q', join(folder, type)], { env: { ...process.env, SSH_AUTH_SOCK: socketPath } });
    }
  });

  afterAll(() => {
    agent.kill();
    rmSync(folder, { recursive: true });
  });

  const exchange: AgentExchange = async (request) => {
    const socket = connect(socketPath);
    socket.write(request);
    let answer = Buffer.alloc(0);
    for await (const chunk of socket) {
      answer = Buffer.concat([answer, chunk as Buffer]);
      if (answer.length >= 4 && answer.length >= 4 + answer.readUInt32BE()) break;
    }
    return answer;
  };

  test('lists its Ed25519 keys and no others, and signs a login', async () => {
    const identities = await agentIdentities(exchange);
    expect(identities).toEqual([{ publicKey: expect.stringMatching(/^[0-9a-f]{64}$/), comment: 'of ed25519' }]);
    const publicKey = identities[0]?.publicKey as string;
    const router = cryptosignVerifier({
      principals: [{ authid: 'peter', authrole: 'user', realm: 'com.example', publicKeys: [publicKey] }],
    });
    const outcome = await logIn({ client: cryptosign({ key: agentKey(publicKey, exchange) }), router });
    expect(outcome).toMatchObject({ by: 'welcome', details: { authid: 'peter' } });
  });

  test('does not sign for a key that it does not have', async () => {
    const signing = agentKey(key.publicKey, exchange).sign(new Uint8Array(32));
    await expect(signing).rejects.toMatchObject({ code: 'WAMP_AGENT_REFUSED', retryable: true });
  });
});

describe('an agent that answers', () => {
  const answering = (body: Uint8Array) => async () => sshString(body);
  const message = utf8('to be signed, 32 bytes of it ...');
  const signature = async (over: Uint8Array, type = 'ssh-ed25519') =>
    concat(Uint8Array.of(14), sshString(concat(sshString(utf8(type)), sshString(await key.sign(over)))));

  test('with the signature is believed', async () => {
    const signed = await agentKey(key.publicKey, answering(await signature(message))).sign(message);
    expect(isSignature(signed, message, fromHex(key.publicKey) as Uint8Array)).toBe(true);
    expect(hex(signed)).toBe(hex(await key.sign(message)));
  });

  test.each<[string, () => Promise<Uint8Array>]>([
    ['with a failure', async () => sshString(Uint8Array.of(5))],
    ['with nothing', async () => new Uint8Array(0)],
    ['with an empty message', async () => sshString(new Uint8Array(0))],
    ['with half a message', async () => sshString(await signature(message)).subarray(0, 40)],
    ['with too much', async () => concat(sshString(await signature(message)), Uint8Array.of(0))],
    ['with another type', async () => sshString(await signature(message, 'ssh-rsa'))],
    ['with a signature over something else', async () => sshString(await signature(utf8('else')))],
    ['with a length and nothing behind it', async () => sshString(Uint8Array.of(14, 255, 255, 255, 255))],
  ])('%s is not believed', async (_, exchange) => {
    const signing = agentKey(key.publicKey, exchange).sign(message);
    await expect(signing).rejects.toMatchObject({ code: 'WAMP_AGENT_REFUSED' });
  });

  test('with a list that ends in the middle is not believed', async () => {
    const list = Uint8Array.of(12, 255, 255, 255, 255, 0, 0);
    await expect(agentIdentities(answering(list))).rejects.toMatchObject({ code: 'WAMP_AGENT_REFUSED' });
  });
});
