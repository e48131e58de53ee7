import { CallDetails, EventDetails, Session } from '@wamp-run/client';
import type { StandardSchema } from '@wamp-run/protocol';
import { Logger } from '@wamp-run/protocol';
import { typedParameter } from './argument-type.js';
import { classComplaint, classSchema } from './class-schema.js';
import { ComponentConfig } from './component-config.js';
import type { DeclaredParameter } from './declared-parameters.js';
import type { ParameterDescription } from './description.js';
import { hasFields } from './field.js';
import type { AnyClass, ParameterRecord } from './records.js';
import { wireTypeOf } from './wire-type.js';

/** What is known of one method's parameters, from three sources. */
export interface ParameterFacts {
  readonly kind: 'procedure' | 'topic';
  /** From the compiler. Undefined where it writes no metadata. */
  readonly types: readonly unknown[] | undefined;
  /** From the method's source. Undefined where that cannot be read. */
  readonly declared: readonly DeclaredParameter[] | undefined;
  /** From parameter decorators. */
  readonly decorated: readonly ParameterRecord[];
  /** Whether the compiler writes `Number` for `number | null`. */
  readonly erasedNulls: boolean;
  /** Whether arguments are checked: only then do they become instances of classes with fields. */
  readonly check: boolean;
  /** What each item of the rest parameter is, by the handler's option `rest`. Undefined: nobody says. */
  readonly items?: unknown;
}

/** Describes the parameters of a handler. What is wrong with them goes to `complain`. */
export function describeParameters(
  facts: ParameterFacts,
  complain: (sentence: string) => void,
): ParameterDescription[] {
  const { types, declared, decorated } = facts;
  // A wrapped method has another source than the one that its metadata describes.
  const signature = types === undefined || declared?.length === types.length ? declared : undefined;
  const count = Math.max(types?.length ?? 0, signature?.length ?? 0, ...decorated.map(({ index }) => index + 1));
  const parameters: ParameterDescription[] = [];
  for (let i = 0; i < count; i++) {
    const own = decorated.filter(({ index }) => index === i);
    parameters.push(describeParameter(i, types?.[i], signature, own, facts, complain));
  }
  complainOfKeywords(parameters, complain);
  if (facts.items !== undefined && !parameters.some(({ from }) => from === 'rest')) {
    complain(
      signature === undefined
        ? "the option 'rest' is for a rest parameter, and nobody can read whether there is one: put the decorator below the one that wraps the method"
        : "the option 'rest' is for a rest parameter, and there is none; write `...items`, or leave it out",
    );
  }
  // Without a signature nobody knows how many arguments are too many.
  if (signature === undefined) parameters.push(parameter(`argument ${count + 1}`, 'rest'));
  return parameters;
}

function describeParameter(
  i: number,
  metadata: unknown,
  signature: readonly DeclaredParameter[] | undefined,
  decorated: readonly ParameterRecord[],
  facts: ParameterFacts,
  complain: (sentence: string) => void,
): ParameterDescription {
  const declared = signature?.[i];
  const name = declared?.name ?? `argument ${i + 1}`;
  const keyword = decorated.find(({ kind }) => kind === 'kwarg');
  const isKeywords = decorated.some(({ kind }) => kind === 'kwargs');
  const details = facts.kind === 'procedure' ? CallDetails : EventDetails;

  if (keyword !== undefined && isKeywords) complain(`'${name}' has @kwarg() and @kwargs(); leave one of them`);
  if (declared?.rest === true) {
    if (decorated.length > 0) complain(`'...${name}' takes what is left and cannot be decorated; remove its decorator`);
    if (facts.items === undefined) return parameter(name, 'rest');
    return { ...typedParameter({ name, from: 'rest', type: facts.items }, complain), nullable: false };
  }
  if (metadata === details) {
    if (decorated.length > 0) complain(`'${name}' is filled in by its type ${details.name}; remove its decorator`);
    return parameter(name, 'details');
  }
  const misplaced = misplacedType(metadata);
  if (misplaced !== undefined) complain(`'${name}' has the type ${misplaced}`);
  if (isKeywords) return parameter(name, 'keywords');

  const isOptional = decorated.some(({ kind }) => kind === 'optional') || declared?.hasDefault === true;
  const last = i === (facts.types?.length ?? 0) - 1;
  // Unread, the last parameter may be a rest parameter, which some compilers give as Array.
  const type = signature === undefined && last && metadata === Array ? undefined : wireTypeOf(metadata);
  return {
    name: keyword === undefined ? name : keywordOf(keyword, complain),
    from: keyword === undefined ? 'argument' : 'keyword',
    ...(type === undefined ? {} : { type }),
    ...(facts.check && hasFields(metadata)
      ? { schema: schemaOf(metadata, { name, nullable: facts.erasedNulls }, complain) }
      : {}),
    required: !isOptional && signature !== undefined,
    nullable: facts.erasedNulls,
  };
}

function schemaOf(
  target: AnyClass,
  { name, nullable }: { name: string; nullable: boolean },
  complain: (sentence: string) => void,
): StandardSchema {
  const complaint = classComplaint(target);
  if (complaint !== undefined) complain(`'${name}': ${complaint}`);
  return classSchema(target, nullable);
}

function parameter(name: string, from: 'rest' | 'keywords' | 'details'): ParameterDescription {
  return { name, from, required: false, nullable: true };
}

function keywordOf(record: ParameterRecord, complain: (sentence: string) => void): string {
  if (typeof record.keyword === 'string' && record.keyword !== '') return record.keyword;
  complain(`@kwarg() of parameter ${record.index + 1} has no keyword; write @kwarg('name')`);
  return '';
}

/** Classes that are injected elsewhere: as the type of a wire argument they are always a mistake. */
function misplacedType(metadata: unknown): string | undefined {
  switch (metadata) {
    case CallDetails:
      return 'CallDetails, but events come with EventDetails; change the type';
    case EventDetails:
      return `EventDetails, but calls come with CallDetails; change the type`;
    case ComponentConfig:
    case Session:
    case Logger:
      return `${(metadata as AnyClass).name}, which only the constructor can have injected; move it there`;
    default:
      return undefined;
  }
}

function complainOfKeywords(parameters: readonly ParameterDescription[], complain: (sentence: string) => void): void {
  if (parameters.filter(({ from }) => from === 'keywords').length > 1) {
    complain('two parameters have @kwargs(); leave one of them');
  }
  const keywords = parameters.filter(({ from }) => from === 'keyword').map(({ name }) => name);
  for (const keyword of new Set(keywords)) {
    if (keywords.indexOf(keyword) !== keywords.lastIndexOf(keyword)) {
      complain(`two parameters have @kwarg('${keyword}'); leave one of them`);
    }
  }
}
