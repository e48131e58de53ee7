import { InvalidConfiguration } from '@wamp-run/protocol';

/** Where a connector connects to. */
export interface Target {
  /** What the opening request asks for; `ws://localhost/…` where it goes through a Unix socket. */
  readonly url: URL;
  /** The URL for people: without the password that may be in it. */
  readonly address: string;
  /** Whether TLS is spoken. */
  readonly secure: boolean;
  /** The file of the Unix socket, where it is one. */
  readonly socketPath?: string;
}

/** Throws an InvalidConfiguration that names the URL and says what is wrong with it. */
export function targetOf(text: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const complaint = complaintAbout(url, isUnix(text));
  if (url === undefined || complaint !== undefined) {
    throw new InvalidConfiguration(
      `${JSON.stringify(withoutPassword(text, url))} is not a WebSocket URL: ${complaint}; write ws://host:port/path, wss://… or ws+unix:/path/of.sock:/path`,
    );
  }
  const address = withoutPassword(text, url);
  return isUnix(text) ? { ...unixTarget(url), address } : { url, address, secure: url.protocol === 'wss:' };
}

function complaintAbout(url: URL | undefined, unix: boolean): string | undefined {
  if (url === undefined) return 'it cannot be parsed';
  if (!['ws:', 'wss:', 'ws+unix:'].includes(url.protocol)) {
    return `its scheme is ${url.protocol} and not ws:, wss: or ws+unix:`;
  }
  if (url.href.includes('#')) return 'it has a fragment (#), which cannot be sent';
  if (!unix) return undefined;
  if (url.protocol === 'ws+unix:' && url.host !== '') {
    return 'a Unix socket is on this machine, and has no host; its path follows the scheme';
  }
  if (/^\/?(:|$)/.test(url.pathname)) return 'it has no path of a Unix socket';
  return partsOf(url) === undefined
    ? 'the path of its Unix socket has a percent sign that stands for nothing'
    : undefined;
}

/** `ws+unix:/run/router.sock:/ws`, or as Autobahn writes it, `ws://unix:/run/router.sock`. */
function isUnix(text: string): boolean {
  return /^\s*(ws\+unix:|ws:\/\/unix:\/)/i.test(text);
}

function unixTarget(url: URL): Omit<Target, 'address'> {
  const { socketPath, path } = partsOf(url) as { socketPath: string; path: string };
  return { url: new URL(`ws://localhost${path}${url.search}`), secure: false, socketPath };
}

/** The path of the socket, and behind the colon the path to ask for. */
function partsOf(url: URL): { socketPath: string; path: string } | undefined {
  const [, socketPath, path] = /^([^:]*):?(.*)$/s.exec(url.pathname) as unknown as [string, string, string];
  try {
    return { socketPath: decodeURIComponent(socketPath), path: path.startsWith('/') ? path : `/${path}` };
  } catch {
    return undefined;
  }
}

/** What cannot be parsed may have its password anywhere. */
function withoutPassword(text: string, url: URL | undefined): string {
  return String(text).replace(url === undefined ? /\/\/.*@/s : /\/\/[^/?#]*@/, '//');
}
