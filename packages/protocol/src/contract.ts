/**
 * Where a class or a value that can be called from afar carries its contract. A registered symbol: whoever offers and
 * whoever calls need not share a copy of any package.
 */
export const CONTRACT: unique symbol = Symbol.for('wamp-run.contract');

/**
 * Where one argument of a caller's travels: in its place among the positional arguments, with all that follow as the
 * rest of them, under one keyword, or as an object of keywords.
 */
export type ArgumentPlace = 'argument' | 'rest' | 'keywords' | { readonly keyword: string };

/** How one procedure is called. */
export interface ProcedureContract {
  /** With its named parts, where it has any. */
  readonly uri: string;
  /** Whether it sends progressive results: callers get an async generator in place of a promise. */
  readonly streams: boolean;
  /** Whether calling it twice does no more than calling it once, so that a call may be made again. Absent: no. */
  readonly idempotent?: boolean;
  /** Of each argument that a caller gives, in order. */
  readonly places: readonly ArgumentPlace[];
}

/** What the URIs of a contract may depend on. */
export interface ContractConfig {
  readonly realm: string;
  /** Default: what the component itself says. */
  readonly extra?: unknown;
}

/**
 * What can be called of a component, by the names of its methods.
 *
 * @typeParam M the methods, as the compiler knows them; never there at run time
 */
export interface Contract<M = unknown> {
  /** The component's name, for errors. */
  readonly name: string;
  /** @throws InvalidConfiguration where the component cannot be described */
  procedures(config: ContractConfig): ReadonlyMap<string, ProcedureContract>;
  readonly methods?: M;
}

/** Whatever carries a contract. */
export interface ContractCarrier<M = unknown> {
  readonly [CONTRACT]: Contract<M>;
}
