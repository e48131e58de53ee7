import { type CallDetails, CallResult, type Progress } from '@wamp-run/client';
import { issueSentences, type SchemaResult, type StandardSchema } from '@wamp-run/protocol';

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
  if (isThenable(result)) return Promise.resolve(result).then((value) => checkedResult(value, schemas));
  return schemas.result === undefined ? result : checked(result, schemas.result, 'result');
}

/** The details of a call whose `progress` takes what the schema does, and nothing else. */
export function checkedDetails(details: CallDetails, schema: StandardSchema | undefined): CallDetails {
  const { progress } = details;
  if (schema === undefined || progress === undefined) return details;
  return details.with({ progress: checkedProgress(progress, schema) });
}

function checkedProgress(send: Progress, schema: StandardSchema): Progress {
  return (args = [], kwargs) => {
    if (args.length > 1 || (kwargs !== undefined && Object.keys(kwargs).length > 0)) {
      throw new TypeError('the progress has several values, but its schema is of one; send one argument');
    }
    const value = checked(args[0], schema, 'progress');
    if (isThenable(value)) {
      // Nobody waits for it, and what it says comes too late.
      Promise.resolve(value).catch(() => undefined);
      throw new TypeError(
        'the schema of the progress answers with a promise, and progress() sends at once; yield instead',
      );
    }
    send(value === undefined ? [] : [value]);
  };
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function';
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
  if (isThenable(outcome)) return outcome.then((settled) => fitting(settled, what));
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
