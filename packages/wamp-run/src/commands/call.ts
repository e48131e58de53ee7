import { CallResult, Client } from '@wamp-run/client';
import { ApplicationError, type Connector, InvalidConfiguration, type Logger, TransportLost } from '@wamp-run/protocol';
import { json } from '@wamp-run/serializers/json';
import { mistakesAt } from '../configuration/mistakes.js';
import type { Configuration } from '../configuration/read.js';
import { readEncryption } from '../encryption.js';
import { EXIT, exitCodeOfCall } from '../exit-codes.js';
import { type Failure, noted, throwFailures } from '../failures.js';
import { toJsonText } from '../json-text.js';
import { readLogin } from '../login.js';
import { nearestRouter } from '../nearest-router.js';
import type { Settings } from '../settings.js';
import { systemClock, systemRandom } from '../system.js';
import { connectorFor } from '../wires.js';
import { complain, type World } from '../world.js';

export interface CallFlags {
  /** Keyword arguments, a JSON object. */
  readonly kwargs?: string;
  /** How long to wait for the answer (ms). */
  readonly timeout: string;
}

/** What `call` is handed. */
export interface CallParts {
  readonly configuration: Configuration;
  readonly world: World;
  readonly log: Logger;
}

/** `wamp-run call`: one call from the shell. The result goes to stdout as JSON, the outcome is the exit code. */
export async function call(
  [procedure, ...texts]: readonly [string, ...string[]],
  flags: CallFlags,
  { configuration, world, log }: CallParts,
): Promise<number> {
  const { settings } = configuration;
  const args = texts.map((text, index) => parse(text, `argument ${index + 1}`));
  const kwargs = flags.kwargs === undefined ? {} : parse(flags.kwargs, '--kwargs');
  if (typeof kwargs !== 'object' || kwargs === null || Array.isArray(kwargs)) {
    throw new InvalidConfiguration(`--kwargs: expected a JSON object, got ${flags.kwargs}`);
  }
  const timeout = Number(flags.timeout);
  if (!Number.isInteger(timeout) || timeout < 1) {
    throw new InvalidConfiguration(`--timeout: expected a number of milliseconds (1 or more), got "${flags.timeout}"`);
  }
  const client = await clientFor(settings, { world, log }).catch(async (error: unknown) => {
    throw await mistakesAt(error, configuration.at);
  });
  const stopListening = world.onSignal((signal) =>
    world.force(signal === 'SIGINT' ? EXIT.interrupted : EXIT.terminated),
  );
  try {
    const session = await joinInTime(client, settings.connectTimeout);
    const result = await session.call(procedure, args, { kwargs, timeout });
    world.stdout(
      `${toJsonText(result instanceof CallResult ? { args: result.results, kwargs: result.kwresults } : result)}\n`,
    );
    return EXIT.clean;
  } catch (error) {
    if (error instanceof ApplicationError && Object.keys(error.kwargs).length > 0) {
      complain(world, new Error(`${error.message} ${toJsonText(error.kwargs)}`));
    } else {
      complain(world, error);
    }
    return exitCodeOfCall(error);
  } finally {
    stopListening();
    await client.close();
  }
}

/** A client that is not open yet. Throws everything that is wrong with the settings that it is made of. */
async function clientFor(settings: Settings, { world, log }: Pick<CallParts, 'world' | 'log'>): Promise<Client> {
  const failures: Failure[] = [];
  const { keyring, realm } = settings;
  const machine = { clock: systemClock, random: systemRandom };
  const from = world.directory;
  const url = settings.url === '' ? nearestRouter(settings) : settings.url;
  const connector = await noted(failures, ['url'], () => connectorFor(url, systemClock));
  const encryption =
    keyring === ''
      ? undefined
      : await noted(failures, ['keyring'], () => readEncryption(keyring, { from, ...machine }));
  const login = await noted(failures, [], () => readLogin(settings, from, world.env.SSH_AUTH_SOCK));
  throwFailures(failures);
  const client = await noted(failures, ['realm'], () => {
    return new Client({
      connectors: [connector as Connector],
      realm,
      retry: false,
      authenticators: login?.authenticators,
      codec: encryption?.codec,
      payloadForm: encryption?.payloadForm,
      log,
      ...machine,
    });
  });
  throwFailures(failures);
  return client as Client;
}

/** The session, or TransportLost when it is not there after `ms` (0: as long as the wire's own deadlines allow). */
async function joinInTime(client: Client, ms: number): ReturnType<Client['joined']> {
  if (ms === 0) return client.joined();
  let cancel = () => {};
  const late = new Promise<never>((_, reject) => {
    cancel = systemClock.after(ms, () => reject(new TransportLost(`the router did not answer within ${ms} ms`)));
  });
  try {
    return await Promise.race([client.joined(), late]);
  } finally {
    cancel();
  }
}

/** JSON with integers of any size, which JSON.parse alone would round. */
function parse(text: string, what: string): unknown {
  try {
    JSON.parse(text);
    return json().decodePayload(new TextEncoder().encode(`[${text}]`), 1).args[0];
  } catch (cause) {
    const hint = /^[\p{L}_]/u.test(text) ? `; a string needs its quotes: '${JSON.stringify(text)}'` : '';
    throw new InvalidConfiguration(`${what}: ${JSON.stringify(text)} is not JSON${hint}`, { cause });
  }
}
