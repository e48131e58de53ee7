import { InvalidConfiguration } from '@wamp-run/protocol';
import { readSecretFile } from '../secret-file.js';
import type { Shape } from './shape.js';

/** A secret: its text, or better the file or the environment variable that has it. */
export type SecretSource =
  | string
  | {
      /** Nobody else may be able to read it. From a file of configuration: relative to that file. */
      readonly file: string;
    }
  | {
      /** The name of a variable. */
      readonly env: string;
    };

export function secretShape(what: string): Shape {
  return {
    kind: 'either',
    doc: `${what}: the text itself, or where it is.`,
    text: { kind: 'text', what: 'a secret', secret: true },
    keys: {
      kind: 'keys',
      exactlyOne: true,
      keys: {
        file: {
          kind: 'text',
          what: 'a file of a secret',
          doc: 'The file of it, relative to this file; nobody else may be able to read it.',
          path: true,
        },
        env: { kind: 'text', what: 'the name of a variable', doc: 'The environment variable that has it.' },
      },
    },
  };
}

/** Where secrets are looked for. */
export interface SecretPlaces {
  /** The directory that relative paths start at. */
  readonly from: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The secret itself.
 *
 * @throws InvalidConfiguration where it is not there; nothing secret is told
 */
export async function readSecret(source: SecretSource, { from, env }: SecretPlaces): Promise<string> {
  if (typeof source === 'string') return source;
  if ('file' in source) return readSecretFile({ path: source.file, from, what: 'file' });
  const text = env[source.env] ?? '';
  if (text === '') throw new InvalidConfiguration(`env: there is no variable ${source.env}, or it is empty`);
  return text;
}
