import { Logger } from '@wamp-run/protocol';
import { type DestinationStream, type LoggerOptions, type Logger as Pino, pino } from 'pino';
import pretty from 'pino-pretty';

/** The levels, the most talkative first. `silent` says nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
/** A level of logs: entries of this level and the more severe ones are written. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Levels of single components, by their names. */
export type LogLevels = Readonly<Record<string, LogLevel>>;

export interface LogOptions {
  readonly level: LogLevel;
  /** Default: none has one of its own. */
  readonly levels?: LogLevels;
  /** Texts that no line may have; `***` stands for each. Default: none. */
  readonly secrets?: readonly string[];
  /** For people: one coloured line each. Otherwise one JSON object each. */
  readonly pretty: boolean;
}

/** Fields whose values are secrets whoever logs them, and the same one level down. */
const SECRET_FIELDS = ['password', 'passphrase', 'secret', 'token', 'ticket', 'authorization', 'privateKey', 'apiKey'];

/** A logger that writes to stderr: stdout is for results. Every line is out before the process can end. */
export function logger({ level, levels = {}, secrets = [], pretty: forPeople }: LogOptions): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '***' },
  };
  const destination = forPeople
    ? pretty({ destination: 2, sync: true, singleLine: true, ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true });
  return new PinoLogger(pino(options, secrets.length === 0 ? destination : without(secrets, destination)), levels);
}

/** The same destination, with every secret struck out of what is written, in whichever field or text it stands. */
function without(secrets: readonly string[], destination: DestinationStream): DestinationStream {
  // As JSON writes it, which is how a line comes in.
  const patterns = secrets.map((secret) => JSON.stringify(secret).slice(1, -1));
  return {
    write: (line) => {
      let clean = line;
      for (const pattern of patterns) clean = clean.replaceAll(pattern, '***');
      destination.write(clean);
    },
  };
}

class PinoLogger extends Logger {
  readonly #pino: Pino;
  readonly #levels: LogLevels;

  constructor(of: Pino, levels: LogLevels) {
    super();
    this.#pino = of;
    this.#levels = levels;
  }

  trace(fields: object | string, text?: string): void {
    this.#write('trace', fields, text);
  }
  debug(fields: object | string, text?: string): void {
    this.#write('debug', fields, text);
  }
  info(fields: object | string, text?: string): void {
    this.#write('info', fields, text);
  }
  warn(fields: object | string, text?: string): void {
    this.#write('warn', fields, text);
  }
  error(fields: object | string, text?: string): void {
    this.#write('error', fields, text);
  }

  child(fields: object): Logger {
    const { component } = fields as { readonly component?: unknown };
    const named = typeof component === 'string' && Object.hasOwn(this.#levels, component);
    const level = named ? this.#levels[component] : undefined;
    return new PinoLogger(this.#pino.child(fields, level === undefined ? {} : { level }), this.#levels);
  }

  #write(level: Exclude<LogLevel, 'silent'>, fields: object | string, text: string | undefined): void {
    if (typeof fields === 'string') this.#pino[level](fields);
    else this.#pino[level](fields, text);
  }
}
