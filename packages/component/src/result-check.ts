import { CallResult } from '@wamp-run/client';
import { issueSentences, type SchemaResult, type StandardSchema } from './standard-schema.js';

/** What a procedure's results must be. */
export interface ResultSchemas {
  readonly result: StandardSchema | undefined;
  readonly progress: StandardSchema | undefined;
}

/**
 * The result of a procedure, checked: a value, a promise of one, or a generator, whose yields are progressive results.
 * What does not fit is the procedure's own mistake: an error that is reported, and says nothing to the caller.
 */
export function checkedResult(result: unknown, schemas: ResultSchemas): unknown {
  if (isGenerator(result)) return checkedStream(result, schemas);
  if (result instanceof Promise) return result.then((value) => checkedResult(value, schemas));
  return schemas.result === undefined ? result : checked(result, schemas.result, 'result');
}

async function* checkedStream(stream: AsyncGenerator, { result, progress }: ResultSchemas): AsyncGenerator {
  let finished = false;
  try {
    for (;;) {
      const step = await stream.next();
      if (step.done === true) {
        finished = true;
        return result === undefined ? step.value : await checked(step.value, result, 'result');
      }
      yield progress === undefined ? step.value : await checked(step.value, progress, 'progress');
    }
  } finally {
    // Left before its end, or wrong: the procedure's own clean-up runs.
    if (!finished) await stream.return(undefined);
  }
}

/** The value as the schema gives it back, in a promise where the schema needs one. */
function checked(value: unknown, schema: StandardSchema, what: 'result' | 'progress'): unknown {
  if (value instanceof CallResult) {
    throw new TypeError(`the ${what} is a CallResult, but its schema is of one value; return that value`);
  }
  const outcome = schema['~standard'].validate(value);
  if (outcome instanceof Promise) return outcome.then((settled) => fitting(settled, what));
  return fitting(outcome, what);
}

function fitting(outcome: SchemaResult<unknown>, what: string): unknown {
  if (outcome.issues === undefined) return outcome.value;
  throw new TypeError(`the ${what} does not fit its schema: ${issueSentences(what, outcome.issues).join(', ')}`);
}

function isGenerator(value: unknown): value is AsyncGenerator {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as AsyncGenerator)[Symbol.asyncIterator] === 'function' &&
    typeof (value as AsyncGenerator).next === 'function'
  );
}
