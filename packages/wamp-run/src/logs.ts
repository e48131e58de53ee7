import { Logger } from '@wamp-run/protocol';
import { type DestinationStream, type LoggerOptions, type Logger as Pino, pino } from 'pino';

/** The levels, the most talkative first. `silent` says nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
/** A level of logs: entries of this level and the more severe ones are written. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Levels of single components, by their names. */
export type LogLevels = Readonly<Record<string, LogLevel>>;

/** What of a log can change while it is written. */
export interface LogSettings {
  readonly level: LogLevel;
  /** Default: none has one of its own. */
  readonly levels?: LogLevels;
  /** Texts that no line may have; `***` stands for each. Default: none. */
  readonly secrets?: readonly string[];
}

export interface LogOptions extends LogSettings {
  /** For people: one coloured line each. Otherwise one JSON object each. */
  readonly pretty: boolean;
}

/** A log, and the handle on what it tells. */
export interface Logs {
  readonly log: Logger;
  /** From here on every logger of this log goes by these. What was secret stays so. */
  change(settings: LogSettings): void;
}

/** Fields whose values are secrets whoever logs them, and the same one level down. */
const SECRET_FIELDS = ['password', 'passphrase', 'secret', 'token', 'ticket', 'authorization', 'privateKey', 'apiKey'];

/** A log that is written to stderr: stdout is for results. Every line is out before the process can end. */
export async function openLog({ pretty: forPeople, ...settings }: LogOptions): Promise<Logs> {
  const options: LoggerOptions = {
    // What passes is for the loggers to say: their levels change, those of pino's children do not.
    level: 'trace',
    base: null,
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: '***' },
  };
  const destination = forPeople ? await forTerminal() : pino.destination({ dest: 2, sync: true });
  const passing = new Passing(settings);
  return {
    log: new PinoLogger(pino(options, passing.without(destination)), passing, []),
    change: (changed) => passing.change(changed),
  };
}

/** Loaded for terminals alone. */
async function forTerminal(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({ destination: 2, sync: true, singleLine: true, ignore: 'pid,hostname' });
}

const RANK = Object.fromEntries(LOG_LEVELS.map((level, rank) => [level, rank])) as Readonly<Record<LogLevel, number>>;

/** What passes at this moment: which lines, and which texts in them. */
class Passing {
  #level: LogLevel = 'silent';
  #levels: LogLevels = {};
  readonly #secrets = new Set<string>();
  /** The secrets as JSON writes them, which is how a line comes in. The longest first: one may hold another. */
  #patterns: readonly string[] = [];

  constructor(settings: LogSettings) {
    this.change(settings);
  }

  change({ level, levels = {}, secrets = [] }: LogSettings): void {
    this.#level = level;
    this.#levels = levels;
    for (const secret of secrets) this.#secrets.add(secret);
    this.#patterns = [...this.#secrets]
      .sort((one, other) => other.length - one.length)
      .map((secret) => JSON.stringify(secret).slice(1, -1));
  }

  /** Whether a line of a component is written that goes by these names, the first that has a level. */
  has(level: LogLevel, names: readonly string[]): boolean {
    const own = names.find((name) => Object.hasOwn(this.#levels, name));
    return RANK[level] >= RANK[own === undefined ? this.#level : (this.#levels[own] as LogLevel)];
  }

  /** The same destination, with every secret struck out of what is written, in whichever field or text it stands. */
  without(destination: DestinationStream): DestinationStream {
    return {
      write: (line) => {
        let clean = line;
        for (const pattern of this.#patterns) clean = clean.replaceAll(pattern, '***');
        destination.write(clean);
      },
    };
  }
}

class PinoLogger extends Logger {
  readonly #pino: Pino;
  readonly #passing: Passing;
  readonly #names: readonly string[];

  constructor(of: Pino, passing: Passing, names: readonly string[]) {
    super();
    this.#pino = of;
    this.#passing = passing;
    this.#names = names;
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
    // What is said of a component holds for its second instance, too.
    const names = typeof component === 'string' ? [component, component.replace(/-\d+$/, '')] : this.#names;
    return new PinoLogger(this.#pino.child(fields), this.#passing, names);
  }

  #write(level: Exclude<LogLevel, 'silent'>, fields: object | string, text: string | undefined): void {
    if (!this.#passing.has(level, this.#names)) return;
    if (typeof fields === 'string') this.#pino[level](fields);
    else this.#pino[level](fields, text);
  }
}
