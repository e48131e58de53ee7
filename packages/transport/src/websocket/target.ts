import { validateHeaderName, validateHeaderValue } from 'node:http';
import { InvalidConfiguration } from '@wamp-run/protocol';

/** Where a connector connects to. */
export interface Target {
  readonly url: URL;
  /** The URL for people: without the password that may be in it. */
  readonly address: string;
  readonly secure: boolean;
}

/** Throws an InvalidConfiguration that names the URL and says what is wrong with it. */
export function targetOf(text: string): Target {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const complaint = complaintAbout(url);
  if (url === undefined || complaint !== undefined) {
    throw new InvalidConfiguration(
      `${JSON.stringify(withoutPassword(text))} is not a WebSocket URL: ${complaint}; write ws://host:port/path or wss://…`,
    );
  }
  return { url, address: withoutPassword(text), secure: url.protocol === 'wss:' };
}

function complaintAbout(url: URL | undefined): string | undefined {
  if (url === undefined) return 'it cannot be parsed';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') return `its scheme is ${url.protocol} and not ws: or wss:`;
  if (url.href.includes('#')) return 'it has a fragment (#), which cannot be sent';
  return undefined;
}

function withoutPassword(text: string): string {
  return String(text).replace(/\/\/[^/@]*@/, '//');
}

/** Throws an InvalidConfiguration that names the header. */
export function checkHeaders(headers: Readonly<Record<string, string>>, of: string): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      throw new InvalidConfiguration(`${of}: headers: ${JSON.stringify(name)} cannot be sent as an HTTP header`, {
        cause,
      });
    }
  }
}
