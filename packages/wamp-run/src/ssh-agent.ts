import { readFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { resolve } from 'node:path';
import type { AgentExchange } from '@wamp-run/auth/cryptosign';
import { type ClientAuthenticator, InvalidConfiguration } from '@wamp-run/protocol';

/** More than this is no answer of an agent (bytes). */
const LARGEST = 256 * 1024;

/** Milliseconds within which an agent answers: it may ask its owner. */
const DEADLINE = 30_000;

/**
 * Speaks with the ssh-agent at a socket, for `agentKey` of `@wamp-run/auth/cryptosign`. Rejects where it cannot be reached,
 * says what is no answer, or nothing for 30 s.
 *
 * @param path what `SSH_AUTH_SOCK` says
 * @example
 * const key = agentKey(publicKey, sshAgent(process.env.SSH_AUTH_SOCK));
 */
export function sshAgent(path: string): AgentExchange {
  return (request) =>
    new Promise((resolved, reject) => {
      const socket = createConnection(path);
      let answer = Buffer.alloc(0);
      const end = (error: Error | undefined) => {
        socket.destroy();
        if (error === undefined) resolved(new Uint8Array(answer));
        else reject(error);
      };
      socket.setTimeout(DEADLINE, () => end(new Error(`the ssh-agent did not answer within ${DEADLINE} ms`)));
      socket.on('error', end);
      socket.on('close', () => end(new Error('the ssh-agent hung up')));
      socket.on('data', (chunk: Buffer) => {
        answer = Buffer.concat([answer, chunk]);
        const length = answer.length < 4 ? 0 : 4 + answer.readUInt32BE();
        if (length > LARGEST) end(new Error('what answers there is no ssh-agent'));
        else if (answer.length >= 4 && answer.length >= length) end(undefined);
      });
      socket.write(request);
    });
}

/** The login by a key that stays in an agent, of which a file has the public half. */
export interface AgentLogin {
  /** The file of the public key, and where its path starts. */
  readonly path: string;
  readonly from: string;
  /** What `SSH_AUTH_SOCK` says; empty where nothing. */
  readonly socket: string;
  readonly authid: string;
}

/** A login by cryptosign whose signatures an ssh-agent makes. Throws InvalidConfiguration where that cannot be. */
export async function agentLogin({
  path,
  from,
  socket,
  authid,
}: AgentLogin): Promise<{ authenticator: ClientAuthenticator; publicKey: string }> {
  const { agentIdentities, agentKey, cryptosign, readPublicKey } = await import('@wamp-run/auth/cryptosign');
  const file = resolve(from, path);
  if (socket === '') {
    throw new InvalidConfiguration(
      `secretFile: ${file} is a public key, and there is no ssh-agent: SSH_AUTH_SOCK is not set`,
    );
  }
  let publicKey: string;
  try {
    publicKey = readPublicKey(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new InvalidConfiguration(`secretFile: ${file}: ${(cause as Error).message}`, { cause });
  }
  const exchange = sshAgent(socket);
  let held: readonly { readonly publicKey: string }[];
  try {
    held = await agentIdentities(exchange);
  } catch (cause) {
    throw new InvalidConfiguration(`secretFile: the ssh-agent at ${socket}: ${(cause as Error).message}`, { cause });
  }
  if (!held.some((each) => each.publicKey === publicKey)) {
    throw new InvalidConfiguration(`secretFile: the ssh-agent does not have the key of ${file}; add it with ssh-add`);
  }
  const key = agentKey(publicKey, exchange);
  return { authenticator: cryptosign(authid === '' ? { key } : { key, authid }), publicKey };
}
