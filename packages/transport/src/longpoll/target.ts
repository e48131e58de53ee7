import { InvalidConfiguration } from '@wamp-run/protocol';

/** Where a connector sends its requests. */
export interface Target {
  readonly hostname: string;
  readonly port: number;
  /** The base path, without a slash at its end. */
  readonly path: string;
  /** What follows every path: empty, or `?…`. */
  readonly search: string;
  /** `user:password` of the URL, for the Authorization header. */
  readonly auth: string | undefined;
  /** The URL for people: without the password that may be in it. */
  readonly address: string;
  readonly secure: boolean;
}

/** Throws an InvalidConfiguration that names the URL and says what is wrong with it. */
export function targetOf(text: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const complaint = complaintAbout(url);
  const address = withoutPassword(text, url);
  if (url === undefined || complaint !== undefined) {
    throw new InvalidConfiguration(
      `${JSON.stringify(address)} is not a long-poll URL: ${complaint}; write http://host:port/path or https://…`,
    );
  }
  const secure = url.protocol === 'https:';
  return {
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: url.pathname.replace(/\/+$/, ''),
    search: url.search,
    auth: url.username === '' ? undefined : `${decoded(url.username)}:${decoded(url.password)}`,
    address,
    secure,
  };
}

function complaintAbout(url: URL | undefined): string | undefined {
  if (url === undefined) return 'it cannot be parsed';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `its scheme is ${url.protocol} and not http: or https:`;
  }
  if (url.href.includes('#')) return 'it has a fragment (#), which cannot be sent';
  if (decoded(url.username) === undefined || decoded(url.password) === undefined) {
    return 'its login has a percent sign that stands for nothing';
  }
  return undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** What cannot be parsed may have its password anywhere. */
function withoutPassword(text: string, url: URL | undefined): string {
  return String(text).replace(url === undefined ? /\/\/.*@/s : /\/\/[^/?#]*@/, '//');
}
