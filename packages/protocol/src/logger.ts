/**
 * Where an object's words go. Levels and call shapes are pino's: fields first, then the text.
 * A class, so that decorator metadata can name it in a constructor.
 */
export abstract class Logger {
  abstract trace(fields: object, text?: string): void;
  abstract trace(text: string): void;
  abstract debug(fields: object, text?: string): void;
  abstract debug(text: string): void;
  abstract info(fields: object, text?: string): void;
  abstract info(text: string): void;
  abstract warn(fields: object, text?: string): void;
  abstract warn(text: string): void;
  abstract error(fields: object, text?: string): void;
  abstract error(text: string): void;
  /** A logger that adds these fields to every line. */
  abstract child(fields: object): Logger;
}

class Silent extends Logger {
  trace(): void {}
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(): void {}
  child(): Logger {
    return this;
  }
}

/** A logger that says nothing: the default wherever one can be handed in. */
export const silent: Logger = new Silent();
