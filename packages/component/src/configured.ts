import { InvalidConfiguration } from '@wamp-run/protocol';
import type { UriConfig } from './configured-uri.js';
import type { ComponentDescription, ProcedureDescription, TopicDescription } from './description.js';
import { Problems } from './problems.js';
import { complainOfRepeats } from './repeats.js';

/** A description whose URIs are all known. */
export interface ConfiguredDescription extends ComponentDescription {
  readonly procedures: readonly (ProcedureDescription & { readonly uri: string })[];
  readonly topics: readonly (TopicDescription & { readonly topic: string })[];
}

/**
 * The description of a component with the URIs that it has under a configuration.
 *
 * @throws InvalidConfiguration that names every URI which cannot be had, is none, or comes twice
 */
export function configured(description: ComponentDescription, config: UriConfig): ConfiguredDescription {
  const problems = new Problems(`component ${description.name}`);
  const resolved = (uri: ProcedureDescription['uri'], method: string): string => {
    if (typeof uri === 'string') return uri;
    try {
      return uri({ realm: config.realm, extra: config.extra });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      problems.add(`${method}()`, `its URI cannot be had from this configuration: ${why}`);
      return '';
    }
  };
  const procedures = description.procedures.map((each) => ({ ...each, uri: resolved(each.uri, each.method) }));
  const topics = description.topics.map((each) => ({ ...each, topic: resolved(each.topic, each.method) }));
  problems.throwIfAny();
  complainOfRepeats({ procedures, topics }, problems);
  problems.throwIfAny();
  return { ...description, procedures, topics };
}

/** What a function gave that is to give a URI, as an error. */
export function noUri(given: unknown): InvalidConfiguration {
  return new InvalidConfiguration(
    `its function gave ${given === null ? 'null' : typeof given}; let it return a string`,
  );
}
