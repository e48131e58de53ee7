import { Logger } from '@wamp-run/protocol';
import { type Logger as Pino, pino } from 'pino';
import pretty from 'pino-pretty';

/** The levels, the most talkative first. `silent` says nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogOptions {
  readonly level: LogLevel;
  /** For people: one coloured line each. Otherwise one JSON object each. */
  readonly pretty: boolean;
}

/** A logger that writes to stderr: stdout is for results. Every line is out before the process can end. */
export function logger({ level, pretty: forPeople }: LogOptions): Logger {
  const options = { level, base: null };
  const destination = forPeople
    ? pretty({ destination: 2, sync: true, singleLine: true, ignore: 'pid,hostname' })
    : pino.destination({ dest: 2, sync: true });
  return new PinoLogger(pino(options, destination));
}

class PinoLogger extends Logger {
  readonly #pino: Pino;

  constructor(of: Pino) {
    super();
    this.#pino = of;
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
    return new PinoLogger(this.#pino.child(fields));
  }

  #write(level: Exclude<LogLevel, 'silent'>, fields: object | string, text: string | undefined): void {
    if (typeof fields === 'string') this.#pino[level](fields);
    else this.#pino[level](fields, text);
  }
}
