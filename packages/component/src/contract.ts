import type { ArgumentPlace, Contract, ProcedureContract } from '@wamp-run/protocol';
import { configured } from './configured.js';
import type { ComponentDescription, ParameterDescription } from './description.js';

/** How callers' arguments of a handler travel: one for each parameter that is no details. */
function placesOf(parameters: readonly ParameterDescription[]): ArgumentPlace[] {
  return parameters.flatMap(({ from, name }): ArgumentPlace[] => {
    switch (from) {
      case 'details':
        return [];
      case 'keyword':
        return [{ keyword: name }];
      default:
        return [from === 'rest' || from === 'keywords' ? from : 'argument'];
    }
  });
}

/**
 * What callers need to know of a component.
 *
 * @param describe called once, when somebody asks for the procedures
 * @param places how callers' arguments travel. Default: one for each parameter
 */
export function contractOf(
  name: string,
  describe: () => ComponentDescription,
  places: (parameters: readonly ParameterDescription[]) => ArgumentPlace[] = placesOf,
): Contract {
  let description: ComponentDescription | undefined;
  return {
    name,
    procedures: ({ realm, extra }) => {
      description ??= describe();
      const procedures = new Map<string, ProcedureContract>();
      const { procedures: known } = configured(description, { realm, extra: extra ?? description.extra });
      for (const { method, uri, options, parameters, streams, idempotent = false } of known) {
        // The first that can be called stands for the method: what is matched as a pattern has no URI of its own.
        if (procedures.has(method) || (options?.match ?? 'exact') !== 'exact') continue;
        procedures.set(method, { uri, streams: streams === true, idempotent, places: places(parameters) });
      }
      return procedures;
    },
  };
}
