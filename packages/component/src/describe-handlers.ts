import { METADATA_REMEDY } from './constructor-parameters.js';
import { declaredParameters } from './declared-parameters.js';
import { decoratedMembers } from './decorated-members.js';
import type { ParameterDescription, ProcedureDescription, TopicDescription } from './description.js';
import { describeParameters } from './handler-parameters.js';
import { resultSchemas, withSchemas } from './handler-schemas.js';
import { handlerUri } from './handler-uri.js';
import { knownOptions, type OptionRules } from './options.js';
import type { Problems } from './problems.js';
import {
  type AnyFunction,
  type ComponentClass,
  foreignCopy,
  type HandlerRecord,
  parameterRecords,
  parameterTypes,
  type Signed,
} from './records.js';
import type { ProcedureOptions, TopicOptions } from './register.js';
import { complainOfRepeats } from './repeats.js';

/** What the component says that matters to its handlers. */
export interface HandlerContext {
  readonly prefix: string | undefined;
  readonly check: boolean;
  readonly erasedNulls: boolean;
  readonly problems: Problems;
}

/** What a class handles. */
export interface DescribedHandlers {
  readonly procedures: ProcedureDescription[];
  readonly topics: TopicDescription[];
}

// What a session takes is checked by the session's own rules, and schemas beside the parameters that they are for.
export const PROCEDURE_OPTIONS = {
  check: 'boolean',
  idempotent: 'boolean',
  args: 'anything',
  rest: 'anything',
  kwargs: 'anything',
  result: 'anything',
  progress: 'anything',
  match: 'anything',
  invoke: 'anything',
  concurrency: 'anything',
  forceReregister: 'anything',
  discloseCaller: 'anything',
  forwardTimeout: 'anything',
  forwardFor: 'anything',
} as const satisfies OptionRules & Record<keyof ProcedureOptions, unknown>;

export const TOPIC_OPTIONS = {
  check: 'boolean',
  args: 'anything',
  rest: 'anything',
  kwargs: 'anything',
  match: 'anything',
  getRetained: 'anything',
  order: 'anything',
  forwardFor: 'anything',
  concurrency: 'anything',
} as const satisfies OptionRules & Record<keyof TopicOptions, unknown>;

/** Of a function that says `*` without `async`. */
export const PLAIN_GENERATOR =
  'is a generator that nobody would run; make it `async *`, and each yield is a progressive result';

/** Describes the decorated methods of a class and its base classes. What is wrong goes to the problems. */
export function describeHandlers(target: ComponentClass, context: HandlerContext): DescribedHandlers {
  const handlers: DescribedHandlers = { procedures: [], topics: [] };
  for (const { owner, member, records } of decoratedMembers(target, context.problems)) {
    const { declared } = records[0] as HandlerRecord;
    if (typeof member === 'symbol' || declared === undefined) {
      const what = typeof member === 'symbol' ? 'a member without a name' : 'no method';
      context.problems.add(String(member), `is ${what} and can handle nothing; decorate a method that has a name`);
      continue;
    }
    describeMember({ owner, member, declared, records }, context, handlers);
  }
  complainOfRepeats(handlers, context.problems);
  return handlers;
}

interface Member {
  /** The prototype on which it was decorated. */
  readonly owner: object;
  readonly member: string;
  readonly declared: AnyFunction;
  readonly records: readonly Signed<HandlerRecord>[];
}

function describeMember(decorated: Member, context: HandlerContext, into: DescribedHandlers): void {
  const { owner, member, declared, records } = decorated;
  const complain = (sentence: string): void => context.problems.add(`${member}()`, sentence);
  if (declared.constructor.name === 'GeneratorFunction') complain(PLAIN_GENERATOR);
  const types = parameterTypes(owner, member);
  const signature = declaredParameters(declared);
  const own = parameterRecords(owner).filter((record) => record.member === member);
  const hasParameters = declared.length > 0 || own.length > 0 || (signature ?? []).length > 0;
  const parametersFor = (
    kind: 'procedure' | 'topic',
    { check, rest }: { check: boolean; rest: unknown },
  ): ParameterDescription[] =>
    describeParameters(
      { kind, types, declared: signature, decorated: own, erasedNulls: context.erasedNulls, check, items: rest },
      complain,
    );

  for (const record of records) {
    const foreign = foreignCopy(record);
    if (foreign !== undefined) complain(foreign);
    const rules = record.kind === 'procedure' ? PROCEDURE_OPTIONS : TOPIC_OPTIONS;
    const given = knownOptions(record.options, rules, complain) as ProcedureOptions & TopicOptions;
    const { check = context.check, args, rest, kwargs, result, progress, idempotent, ...options } = given;
    if (check && types === undefined && hasParameters) {
      complain(
        `its parameters have no types in the metadata to check by; ${METADATA_REMEDY}, or give it { check: false }`,
      );
    }
    const place = record.kind === 'procedure' ? '@register' : '@subscribe';
    const uri = handlerUri(
      { kind: record.kind, uri: record.uri, method: member, prefix: context.prefix, options, place },
      complain,
    );
    const handler = {
      method: member,
      check,
      parameters: withSchemas(parametersFor(record.kind, { check, rest }), { args, kwargs }, complain),
      ...(Object.keys(options).length === 0 ? {} : { options }),
    };
    if (record.kind === 'procedure') {
      const streams = streamsOf(declared) ? { streams: true } : {};
      const marked = idempotent === true ? { idempotent } : {};
      into.procedures.push({
        uri,
        ...handler,
        ...streams,
        ...marked,
        ...resultSchemas({ result, progress }, complain),
      });
    } else {
      into.topics.push({ topic: uri, ...handler });
    }
  }
}

/** Whether a function is an async generator by its own word. */
export function streamsOf(declared: AnyFunction): boolean {
  return declared.constructor.name === 'AsyncGeneratorFunction';
}
