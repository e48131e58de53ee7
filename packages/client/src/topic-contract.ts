import {
  checkUri,
  InvalidConfiguration,
  isSchema,
  issueSentences,
  type SchemaInput,
  type StandardSchema,
  TypeCheckError,
} from '@wamp-run/protocol';
import type { PublishOptions } from './options.js';
import type { Publication } from './publication.js';
import type { Session } from './session.js';

/** What a topic's events carry, said once for who publishes and for who subscribes. */
export interface TopicSchemas<
  A extends readonly StandardSchema[] = readonly StandardSchema[],
  K extends Readonly<Record<string, StandardSchema>> = Readonly<Record<string, StandardSchema>>,
> {
  /** Any Standard Schema for each positional argument. Default: there are none. */
  readonly args?: A;
  /** The same for keyword arguments. Default: there are none. */
  readonly kwargs?: K;
}

/** A topic, and what its events carry. */
export interface TopicContract<
  G extends readonly unknown[] = readonly unknown[],
  A extends readonly StandardSchema[] = readonly StandardSchema[],
  K extends Readonly<Record<string, StandardSchema>> = Readonly<Record<string, StandardSchema>>,
> {
  readonly topic: string;
  readonly args: A;
  readonly kwargs: K;
  /** Never there at run time: what a publisher gives, keyword arguments last. */
  readonly given?: G;
}

type Inputs<A extends readonly StandardSchema[]> = { -readonly [I in keyof A]: SchemaInput<A[I]> };
type KeywordInputs<K> = { [N in keyof K as undefined extends SchemaInput<K[N]> ? never : N]: SchemaInput<K[N]> } & {
  [N in keyof K as undefined extends SchemaInput<K[N]> ? N : never]?: SchemaInput<K[N]>;
};

/** Positional arguments, then one object of keyword arguments, where there are any. */
type GivenFor<A extends readonly StandardSchema[], K> = [keyof K] extends [never]
  ? Inputs<A>
  : string extends keyof K
    ? Inputs<A>
    : [...Inputs<A>, kwargs: KeywordInputs<K>];

/**
 * Declares a topic once for both ends: what is published there is typed, and checked before it goes out, and who
 * subscribes takes the same schemas.
 *
 * @throws InvalidUriError, InvalidConfiguration where something is no schema
 * @example
 * const Sold = defineTopic('com.shop.sold', { args: [z.string(), z.int().positive()] });
 * session.topic(Sold).publish('tea', 2);
 * // in a component: @subscribe(Sold.topic, { args: Sold.args }) onSold(article: string, quantity: number) {}
 */
export function defineTopic<
  const A extends readonly StandardSchema[] = readonly [],
  // biome-ignore lint/complexity/noBannedTypes: no keyword at all
  const K extends Readonly<Record<string, StandardSchema>> = {},
>(topic: string, schemas: TopicSchemas<A, K> = {}): TopicContract<GivenFor<A, K>, A, K> {
  checkUri(topic, 'topic');
  const { args = [], kwargs = {} } = schemas;
  for (const [place, schema] of [...args.entries(), ...Object.entries(kwargs)]) {
    if (isSchema(schema)) continue;
    throw new InvalidConfiguration(
      `defineTopic(${JSON.stringify(topic)}): there is no Standard Schema at ${place}; give one of zod, valibot, arktype or the like`,
    );
  }
  return Object.freeze({ topic, args, kwargs }) as unknown as TopicContract<GivenFor<A, K>, A, K>;
}

/** A topic that is published to with the types, and under the checks, of its contract. */
export interface TypedTopic<A extends readonly unknown[], P> {
  /**
   * Publishes an event. It goes out as it is given: what a schema makes of it is the subscribers' matter.
   *
   * @throws TypeCheckError that names everything that is wrong, nothing having been sent; what `Session.publish` throws,
   *   or rejects with
   */
  publish(...args: A): P;
}

/** A topic of which only the types are known is published to without checks. */
export function typedTopic(
  session: Session,
  of: TopicContract | string,
  options: PublishOptions,
): TypedTopic<readonly unknown[], Promise<Publication> | undefined> {
  const send = (topic: string, args: readonly unknown[], kwargs: object | undefined) =>
    session.publish(
      topic,
      args,
      (kwargs === undefined ? options : { ...options, kwargs }) as PublishOptions & { acknowledge: true },
    );
  if (typeof of === 'string') {
    return { publish: (...args) => send(of, args, undefined) };
  }
  const { topic, args: schemas, kwargs: named } = of;
  const keywords = Object.keys(named).length > 0;
  return {
    publish: (...given) => {
      const args = given.slice(0, schemas.length);
      const kwargs = keywords ? given[schemas.length] : undefined;
      const wrong = [
        ...schemas.flatMap((schema, i) => complaints(`argument ${i + 1}`, schema, args[i])),
        ...keywordComplaints(named, kwargs),
      ];
      const most = schemas.length + (keywords ? 1 : 0);
      if (given.length > most)
        wrong.push(`expected at most ${most} argument${most === 1 ? '' : 's'} got=${given.length}`);
      if (wrong.length > 0) throw new TypeCheckError(`publishing to ${topic}: ${wrong.join(', ')}`);
      return send(topic, args, kwargs as object | undefined);
    },
  };
}

function keywordComplaints(named: Readonly<Record<string, StandardSchema>>, kwargs: unknown): string[] {
  const given = (kwargs ?? {}) as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).filter((keyword) => !Object.hasOwn(named, keyword));
  return [
    ...Object.entries(named).flatMap(([keyword, schema]) =>
      complaints(keyword, schema, Object.hasOwn(given, keyword) ? given[keyword] : undefined),
    ),
    ...unknown.map((keyword) => `unexpected keyword argument '${keyword}'`),
  ];
}

function complaints(name: string, schema: StandardSchema, value: unknown): string[] {
  const outcome = schema['~standard'].validate(value);
  if ('then' in outcome) {
    outcome.catch(() => undefined);
    throw new InvalidConfiguration(
      `the schema of '${name}' answers with a promise, and what is published is checked at once; use one that does not`,
    );
  }
  return outcome.issues === undefined ? [] : issueSentences(name, outcome.issues);
}
