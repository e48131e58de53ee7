import { readSecretFile } from '../secret-file.js';
import type { Shape } from './shape.js';

/** A secret: the text itself, or better where it is: in a file that nobody else can read, or in the environment. */
export type SecretValue = string | { readonly file: string } | { readonly env: string };

/** Where secrets are looked for. */
export interface SecretPlaces {
  /** Where relative paths start. */
  readonly from: string;
  /** The variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The shape of a secret. @param what `a ticket` @param doc for editors */
export function secretShape(what: string, doc: string): Shape {
  return {
    kind: 'either',
    doc: `${doc} The text itself, or where it is: { file } or { env }.`,
    text: { kind: 'text', what, secret: true },
    keys: {
      kind: 'keys',
      keys: {
        file: { kind: 'text', what: 'the path of a file', path: true, doc: 'A file that nobody else can read.' },
        env: { kind: 'text', what: 'the name of a variable', doc: 'A variable of the environment.' },
      },
    },
  };
}

/**
 * The secret itself, without the end of the line that a file has.
 *
 * @throws InvalidConfiguration where the file cannot be read, or others can. Error where there is none; neither tells it.
 */
export async function secretFrom(value: SecretValue, { from, env }: SecretPlaces, what: string): Promise<string> {
  if (typeof value === 'string') return value;
  const { file, env: name } = value as { readonly file?: string; readonly env?: string };
  if ((file === undefined) === (name === undefined)) throw new Error('expected the text itself, { file } or { env }');
  if (file !== undefined) {
    const text = (await readSecretFile({ path: file, from, what })).replace(/\r?\n$/, '');
    if (text === '') throw new Error('the file is empty');
    return text;
  }
  const text = env[name as string] ?? '';
  if (text === '') throw new Error(`the variable ${name} is not set`);
  return text;
}
