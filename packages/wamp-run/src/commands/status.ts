import { InvalidConfiguration } from '@wamp-run/protocol';
import type { Blocked } from '@wamp-run/runtime';
import { EXIT } from '../exit-codes.js';
import type { ComponentReadiness, Readiness } from '../health.js';
import { near } from '../near.js';
import type { Settings } from '../settings.js';
import { complain, type World } from '../world.js';

/** How long the answer may take (ms), and how long it may be (bytes). */
const DEADLINE = 5_000;
const LARGEST = 4 * 1024 * 1024;

/** `wamp-run status`: how the components of a running process are doing, on stdout; the exit code says whether it is ready. */
export async function status({ healthUrl, healthHost, healthPort }: Settings, world: World): Promise<number> {
  const url = addressOf(healthUrl, healthHost, healthPort);
  let told: Readiness;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DEADLINE), redirect: 'error' });
    told = readinessIn(await textOf(response));
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    complain(world, new Error(`${url.href}: no word of health: ${why === '' ? 'it cannot be reached' : why}`));
    return EXIT.unreachable;
  }
  world.stdout(`${statusTable(told)}\n`);
  return told.status === 'ready' ? EXIT.clean : EXIT.notReady;
}

function addressOf(url: string, host: string, port: number | null): URL {
  if (url === '' && port === null) {
    throw new InvalidConfiguration('status: where to ask? give --health-url http://host:port, or --health-port');
  }
  const base = url === '' ? `http://${near(host)}:${port}` : url;
  if (!/^https?:\/\//i.test(base) || !URL.canParse(base)) {
    throw new InvalidConfiguration(`--health-url: expected http://host:port, got ${JSON.stringify(base)}`);
  }
  return new URL('/readyz', base);
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST) throw new Error(`the answer is longer than ${LARGEST} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What the answer says, as far as it is one. */
function readinessIn(text: string): Readiness {
  const foreign = new Error('what answers there is no wamp-run');
  let value: Partial<Readiness> | null;
  try {
    value = JSON.parse(text);
  } catch {
    throw foreign;
  }
  if (typeof value?.status !== 'string' || !Array.isArray(value.components)) throw foreign;
  return value as Readiness;
}

/**
 * One line for what is, one for each component, and one for each URI that is missing, each need that is not met, and each who
 * has kept the event loop.
 */
export function statusTable({ status: whole, components, blocked }: Readiness): string {
  const width = Math.max(0, ...components.map(({ name }) => name.length));
  const lines = components.flatMap((component) => {
    const { name, realm, state, error } = component;
    return [
      `${name.padEnd(width)}  ${state} in ${realm}${remarks(component)}${error === undefined ? '' : `: ${error}`}`,
      ...list(component.waitsFor).map((what) => `${' '.repeat(width)}  waits for ${what}`),
      ...list(component.missing).map((uri) => `${' '.repeat(width)}  missing ${uri}`),
      ...blocks(component.blocked).map(
        ({ what, time }) => `${' '.repeat(width)}  ${what} kept the event loop for ${time}`,
      ),
    ];
  });
  const unknown = blocks(blocked).map(({ what, time }) => {
    const meanwhile = what === '' ? 'nothing was being handled' : `while ${what} was being handled`;
    return `the event loop was kept for ${time}; ${meanwhile}`;
  });
  return [whole, ...lines, ...unknown].join('\n');
}

/** The block that there was, for people; none where there was none. */
function blocks(blocked: Partial<Blocked> | undefined): { what: string; time: string }[] {
  if (typeof blocked?.ms !== 'number' || typeof blocked.ago !== 'number') return [];
  return [{ what: list(blocked.what).join(', '), time: `${blocked.ms} ms, ${Math.round(blocked.ago / 1_000)} s ago` }];
}

function remarks({ critical, restarts, slow }: Partial<ComponentReadiness>): string {
  const said = [
    ...(critical === true ? ['critical'] : []),
    ...(typeof restarts === 'number' && restarts > 0 ? [`${restarts} ${restarts === 1 ? 'restart' : 'restarts'}`] : []),
    ...(typeof slow === 'number' && slow > 0 ? [`${slow} slow`] : []),
  ];
  return said.length === 0 ? '' : ` (${said.join(', ')})`;
}

/** What answers may be another version of this command. */
function list(value: readonly string[] | undefined): readonly string[] {
  return Array.isArray(value) ? value : [];
}
