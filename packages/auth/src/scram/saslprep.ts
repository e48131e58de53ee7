import { InvalidConfiguration } from '@wamp-run/protocol';

/**
 * A name or a password as SASLprep (RFC 4013) has it. Printable ASCII is its own form; the library with the tables is
 * loaded for anything else. Throws InvalidConfiguration, without the text, where it has a character that may not be in it.
 *
 * @param what the place, for the error
 */
export async function saslprep(text: string, what: string): Promise<string> {
  const prepared = await prepare(text);
  if (prepared !== undefined) return prepared;
  throw new InvalidConfiguration(`${what}: it has a character that SASLprep (RFC 4013) does not allow`);
}

/** Whether SASLprep has a form of it. */
export async function isPreparable(text: string): Promise<boolean> {
  return (await prepare(text)) !== undefined;
}

async function loaded(): Promise<(text: string) => string> {
  try {
    return (await import('@mongodb-js/saslprep')).default;
  } catch (cause) {
    const why = 'SASLprep could not be loaded, and it is needed beyond ASCII; in a browser it wants a global Buffer';
    throw new InvalidConfiguration(why, { cause });
  }
}

async function prepare(text: string): Promise<string | undefined> {
  if (/^[ -~]*$/.test(text)) return text;
  const library = await loaded();
  try {
    return library(text);
  } catch {
    // The library's error may quote what it is about.
    return undefined;
  }
}
