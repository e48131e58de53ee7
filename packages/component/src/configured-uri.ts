/** What a URI may depend on: what the component's `ComponentConfig` says of it. */
export interface UriConfig {
  readonly realm: string;
  // biome-ignore lint/suspicious/noExplicitAny: of any shape, and what is made of it is checked as a URI
  readonly extra: any;
}

/**
 * A URI that is known only with the component's configuration. It is asked once for each life of the component, and what
 * it gives is read like any URI of a decorator.
 *
 * @example @register(({ extra }) => `com.example.${extra.shop}.add`)
 */
export type ConfiguredUri = (config: UriConfig) => string;
