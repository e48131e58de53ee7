import {
  checkUri,
  type Dict,
  InvalidConfiguration,
  isSchema,
  type SchemaInput,
  type SchemaOutput,
  type StandardSchema,
} from '@wamp-run/protocol';

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

/** What a handler gets of an event: what the schemas make of it. */
export interface ReceivedEvent<A extends readonly unknown[] = readonly unknown[], K = Dict> {
  readonly args: A;
  readonly kwargs: K;
}

/** A topic, and what its events carry. */
export interface TopicContract<
  G extends readonly unknown[] = readonly unknown[],
  A extends readonly StandardSchema[] = readonly StandardSchema[],
  K extends Readonly<Record<string, StandardSchema>> = Readonly<Record<string, StandardSchema>>,
  R = unknown,
> {
  readonly topic: string;
  readonly args: A;
  readonly kwargs: K;
  /** Never there at run time: what a publisher gives, keyword arguments last. */
  readonly given?: G;
  /** Never there at run time: what a subscriber gets, as a ReceivedEvent. */
  readonly received?: R;
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

type Outputs<A extends readonly StandardSchema[]> = { -readonly [I in keyof A]: SchemaOutput<A[I]> };
type KeywordOutputs<K> = string extends keyof K ? Dict : { readonly [N in keyof K]: SchemaOutput<K[N]> };
type ReceivedFrom<A extends readonly StandardSchema[], K> = ReceivedEvent<Outputs<A>, KeywordOutputs<K>>;

/**
 * Declares a topic once for both ends: what is published there is typed, and checked before it goes out; what comes from
 * there is typed, and checked before a handler sees it.
 *
 * @throws InvalidUriError, InvalidConfiguration where something is no schema
 * @example
 * const Sold = defineTopic('com.shop.sold', { args: [z.string(), z.int().positive()] });
 * session.topic(Sold).publish('tea', 2);
 * await session.topic(Sold).subscribe(([article, quantity]) => take(article, quantity));
 * // in a component: @subscribe(Sold.topic, { args: Sold.args }) onSold(article: string, quantity: number) {}
 */
export function defineTopic<
  const A extends readonly StandardSchema[] = readonly [],
  // biome-ignore lint/complexity/noBannedTypes: no keyword at all
  const K extends Readonly<Record<string, StandardSchema>> = {},
>(topic: string, schemas: TopicSchemas<A, K> = {}): TopicContract<GivenFor<A, K>, A, K, ReceivedFrom<A, K>> {
  checkUri(topic, 'topic');
  const { args = [], kwargs = {} } = schemas;
  for (const [place, schema] of [...args.entries(), ...Object.entries(kwargs)]) {
    if (isSchema(schema)) continue;
    throw new InvalidConfiguration(
      `defineTopic(${JSON.stringify(topic)}): there is no Standard Schema at ${place}; give one of zod, valibot, arktype or the like`,
    );
  }
  return Object.freeze({ topic, args, kwargs }) as unknown as TopicContract<GivenFor<A, K>, A, K, ReceivedFrom<A, K>>;
}
