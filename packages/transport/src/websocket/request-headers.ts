import { validateHeaderName, validateHeaderValue } from 'node:http';
import { InvalidConfiguration } from '@wamp-run/protocol';

/** What the opening handshake says itself. */
const HANDSHAKE = /^(connection|upgrade|sec-websocket-.*)$/i;

/** Throws an InvalidConfiguration that names the header, never its value. */
export function checkHeaders(headers: Readonly<Record<string, string>>, of: string): void {
  if (typeof headers !== 'object' || headers === null) {
    throw new InvalidConfiguration(`${of}: headers: expected an object with a string for each header`);
  }
  for (const [name, value] of Object.entries(headers)) {
    const where = `${of}: headers: ${JSON.stringify(name)}`;
    if (HANDSHAKE.test(name)) throw new InvalidConfiguration(`${where} belongs to the handshake; leave it out`);
    if (typeof value !== 'string') throw new InvalidConfiguration(`${where}: expected a string, got ${typeof value}`);
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch (cause) {
      throw new InvalidConfiguration(`${where} cannot be sent as an HTTP header`, { cause });
    }
  }
}
