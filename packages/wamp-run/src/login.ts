import { createHash } from 'node:crypto';
import { type ClientAuthenticator, InvalidConfiguration } from '@wamp-run/protocol';
import { PlacedMistakes } from './configuration/mistakes.js';
import { withoutPlace } from './failures.js';
import { readSecretFile } from './secret-file.js';
import { agentLogin } from './ssh-agent.js';

/** The methods that the command logs in by. */
export const LOGIN_METHODS = ['ticket', 'wampcra', 'wamp-scram', 'cryptosign'] as const;

export type LoginMethod = (typeof LOGIN_METHODS)[number];

/** What the command is told of its login; empty where nothing is said. */
export interface LoginSettings {
  readonly auth: LoginMethod | '';
  readonly authid: string;
  readonly secret: string;
  readonly secretFile: string;
}

/** A login that was read. */
export interface Login {
  /** None where none was asked for. */
  readonly authenticators: readonly ClientAuthenticator[];
  /** Tells whether it has changed, without saying what is secret. */
  readonly digest: string;
}

/**
 * The login that the settings ask for; none where they ask for none. Each method's code is loaded when it is wanted.
 *
 * @param from the directory that a relative `secretFile` starts at
 * @param agent the socket of an ssh-agent, which has the private key where `secretFile` is a public one (`.pub`)
 * @throws InvalidConfiguration that names the flag, or for what is wrong with the secret itself its place; never what is secret
 */
export async function readLogin(settings: LoginSettings, from: string, agent = ''): Promise<Login> {
  const { auth, authid, secret, secretFile } = settings;
  if (auth === '') {
    if (authid === '' && secret === '' && secretFile === '') return { authenticators: [], digest: '' };
    throw new InvalidConfiguration(`--authid and --secret-file belong to a login; name it with --auth <method>`);
  }
  if (authid === '' && auth !== 'cryptosign') throw new InvalidConfiguration(`--auth ${auth}: needs --authid`);
  if ((secret === '') === (secretFile === '')) {
    const what = auth === 'cryptosign' ? 'its private key' : 'its secret';
    const how = secret === '' ? 'in --secret-file, or in WAMP_SECRET' : 'once: in --secret-file or as --secret';
    throw new InvalidConfiguration(`--auth ${auth}: needs ${what} ${how}`);
  }
  if (auth === 'cryptosign' && secretFile.endsWith('.pub')) {
    const login = { path: secretFile, from, socket: agent, authid };
    const { authenticator, publicKey } = await placed('secretFile', () => agentLogin(login));
    return { authenticators: [authenticator], digest: digestOf([auth, authid, publicKey, agent]) };
  }
  const key = secret === '' ? 'secretFile' : 'secret';
  return placed(key, async () => {
    const text = secret === '' ? await readSecretFile({ path: secretFile, from, what: key }) : secret;
    return { authenticators: [await authenticatorFor(auth, authid, text)], digest: digestOf([auth, authid, text]) };
  });
}

/** What is wrong is wrong at this key, wherever that was given. */
async function placed<T>(key: 'secret' | 'secretFile', attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof InvalidConfiguration)) throw error;
    throw new PlacedMistakes([{ path: [key], text: withoutPlace(error.message, [key]) }]);
  }
}

function digestOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}

async function authenticatorFor(method: LoginMethod, authid: string, text: string): Promise<ClientAuthenticator> {
  // The end of the line belongs to the file, not to the secret.
  const word = text.replace(/\r?\n$/, '');
  switch (method) {
    case 'ticket':
      return (await import('@wamp-run/auth/ticket')).ticket({ authid, ticket: word });
    case 'wampcra':
      return (await import('@wamp-run/auth/wampcra')).wampcra({ authid, secret: word });
    case 'wamp-scram':
      return (await import('@wamp-run/auth/scram')).scram({ authid, password: word });
    case 'cryptosign': {
      const { cryptosign, readPrivateKey } = await import('@wamp-run/auth/cryptosign');
      const key = readPrivateKey(text);
      return cryptosign(authid === '' ? { key } : { key, authid });
    }
  }
}
