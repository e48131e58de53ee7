import {
  ApplicationError,
  checkErrorClass,
  checkUri,
  declaredErrorUri,
  type ErrorClass,
  InvalidConfiguration,
  isUri,
  type UriPattern,
  uriPattern,
} from '@wamp-run/protocol';
import { makeError } from './made-error.js';
import type { ReportUserError } from './user-errors.js';

/** A pattern of error URIs, and the class of errors that meet it. */
interface PatternDefinition {
  readonly text: string;
  readonly pattern: UriPattern;
  readonly errorClass: ErrorClass;
}

/** Which class of errors stands for which error URI, in both directions. A client has one, which all its joins share. */
export class ErrorMapping {
  readonly #classes = new Map<string, ErrorClass>();
  /** In the order of their definition: the first that fits counts. */
  readonly #patterns: PatternDefinition[] = [];
  /** The first URI that a class was defined for. Patterns are none: they do not say what to send. */
  readonly #uris = new Map<object, string>();

  /** What `Session.define` does. */
  define(errorClass: ErrorClass, uri?: string): void {
    checkErrorClass(errorClass, 'define');
    const text = uri ?? declaredErrorUri(errorClass);
    if (text === undefined) {
      throw new InvalidConfiguration(
        `define: class ${errorClass.name} has no URI; pass one, or decorate the class with @error('com.example.error')`,
      );
    }
    checkUri(text, 'define');
    if (/[<>]/.test(text)) this.#definePattern(text, errorClass);
    else this.#defineUri(text, errorClass);
  }

  /** What a request rejects with that was answered by this: one of the class defined for its URI, or the error itself. */
  incoming(error: ApplicationError, report: ReportUserError): Error {
    const exact = this.#classes.get(error.error);
    if (exact !== undefined) return makeError(exact, { error, parts: {}, report });
    for (const { pattern, errorClass } of this.#patterns) {
      const parts = pattern.values(error.error);
      if (parts !== undefined) return makeError(errorClass, { error, parts, report });
    }
    return error;
  }

  /**
   * The URI that a thrown value goes out under: an ApplicationError's own, else that of the nearest of its classes that
   * has one. Undefined for what is no answer.
   */
  uriOf(thrown: unknown): string | undefined {
    if (typeof thrown !== 'object' || thrown === null) return undefined;
    if (thrown instanceof ApplicationError) return isUri(thrown.error) ? thrown.error : undefined;
    for (let level = Object.getPrototypeOf(thrown); level !== null; level = Object.getPrototypeOf(level)) {
      const errorClass: unknown = Object.getOwnPropertyDescriptor(level, 'constructor')?.value;
      if (typeof errorClass !== 'function') continue;
      const uri = declaredErrorUri(errorClass) ?? this.#uris.get(errorClass);
      if (uri !== undefined) return uri;
    }
    return undefined;
  }

  #defineUri(uri: string, errorClass: ErrorClass): void {
    checkSame(uri, this.#classes.get(uri), errorClass);
    this.#classes.set(uri, errorClass);
    if (!this.#uris.has(errorClass)) this.#uris.set(errorClass, uri);
  }

  #definePattern(text: string, errorClass: ErrorClass): void {
    const pattern = uriPattern(text);
    const before = this.#patterns.find((definition) => definition.text === text);
    checkSame(text, before?.errorClass, errorClass);
    if (before === undefined) this.#patterns.push({ text, pattern, errorClass });
  }
}

/** The same again is no mistake: `onJoin` comes with each join. */
function checkSame(uri: string, before: ErrorClass | undefined, errorClass: ErrorClass): void {
  if (before === undefined || before === errorClass) return;
  throw new InvalidConfiguration(
    `define: ${uri} is defined as class ${before.name} already, and cannot be class ${errorClass.name} too`,
  );
}
