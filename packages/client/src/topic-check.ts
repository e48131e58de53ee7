import {
  type Dict,
  InvalidConfiguration,
  issueSentences,
  type SchemaResult,
  type StandardSchema,
  setKey,
  type Value,
} from '@wamp-run/protocol';
import { isThenable } from './thenable.js';
import type { TopicContract } from './topic-contract.js';

/** The arguments of one event. */
interface EventArguments {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/** A schema with the value that it is to check. */
interface Checked {
  readonly name: string;
  readonly schema: StandardSchema;
  readonly value: unknown;
  /** In the positional arguments; undefined: a keyword argument. */
  readonly index: number | undefined;
}

/** Everything that is wrong with what is to be published, in sentences. */
export function wrongToPublish(contract: TopicContract, event: EventArguments): string[] {
  const results = checkedIn(contract, event).map((each) => {
    const result = each.schema['~standard'].validate(each.value);
    if (!isThenable(result)) return { ...each, result: result as SchemaResult<unknown> };
    Promise.resolve(result).catch(() => undefined);
    throw new InvalidConfiguration(
      `the schema of '${each.name}' answers with a promise, and what is published is checked at once; use one that does not`,
    );
  });
  return [
    ...results.flatMap(({ name, result }) => issueSentences(name, result.issues ?? [])),
    ...tooMuch(contract, event),
  ];
}

/**
 * What the schemas make of an event that came, in a promise where one of them needs it.
 *
 * @param refuse makes the error of everything that is wrong
 */
export function received(
  contract: TopicContract,
  event: { args: Value[]; kwargs: Dict },
  refuse: (wrong: readonly string[]) => Error,
): { args: Value[]; kwargs: Dict } | Promise<{ args: Value[]; kwargs: Dict }> {
  const all = checkedIn(contract, event);
  const conclude = (results: readonly SchemaResult<unknown>[]) => {
    const wrong = all.flatMap(({ name }, i) => issueSentences(name, results[i]?.issues ?? []));
    wrong.push(...tooMuch(contract, event));
    if (wrong.length > 0) throw refuse(wrong);
    for (const [i, { name, index }] of all.entries()) {
      const { value } = results[i] as { value: unknown };
      if (index !== undefined) event.args[index] = value as Value;
      else if (value !== undefined) setKey(event.kwargs, name, value as Value);
    }
    return event;
  };
  const results = all.map(({ schema, value }) => schema['~standard'].validate(value));
  if (results.some(isThenable)) return Promise.all(results).then(conclude);
  return conclude(results as SchemaResult<unknown>[]);
}

function checkedIn({ args, kwargs }: TopicContract, event: EventArguments): Checked[] {
  return [
    ...args.map((schema, index) => ({ name: `argument ${index + 1}`, schema, value: event.args[index], index })),
    ...Object.entries(kwargs).map(([name, schema]) => ({
      name,
      schema,
      value: Object.hasOwn(event.kwargs, name) ? event.kwargs[name] : undefined,
      index: undefined,
    })),
  ];
}

function tooMuch({ args, kwargs }: TopicContract, event: EventArguments): string[] {
  const wrong = Object.keys(event.kwargs)
    .filter((keyword) => !Object.hasOwn(kwargs, keyword))
    .map((keyword) => `unexpected keyword argument '${keyword}'`);
  if (event.args.length > args.length) {
    wrong.push(`expected at most ${args.length} argument${args.length === 1 ? '' : 's'} got=${event.args.length}`);
  }
  return wrong;
}
