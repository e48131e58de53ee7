import { isSchema, type StandardSchema } from '@wamp-run/protocol';
import type { ParameterDescription } from './description.js';
import type { HandlerOptions, ProcedureOptions } from './register.js';

/**
 * The parameters with their schemas, which take the place of their types. Schemas that are none, or belong to no
 * parameter, go to `complain`.
 */
export function withSchemas(
  parameters: readonly ParameterDescription[],
  { args, kwargs }: HandlerOptions,
  complain: (sentence: string) => void,
): ParameterDescription[] {
  if (args === undefined && kwargs === undefined) return [...parameters];
  const positional = positionalSchemas(args, complain);
  const named = namedSchemas(kwargs, complain);
  let index = 0;
  const described = parameters.map((parameter) => {
    const schema = parameter.from === 'argument' ? positional[index++] : named.get(keywordOf(parameter));
    if (parameter.from === 'keyword') named.delete(parameter.name);
    return schema === undefined ? parameter : checkedBy(schema, parameter);
  });
  if (positional.length > index) {
    const many = `there ${index === 1 ? 'is' : 'are'} ${index} positional argument${index === 1 ? '' : 's'}`;
    complain(`the option 'args' has ${positional.length} schemas, but ${many}; leave out what is too much`);
  }
  for (const keyword of named.keys()) {
    complain(`the option 'kwargs' has a schema for '${keyword}', but no parameter has @kwarg('${keyword}'); add it`);
  }
  return described;
}

/** The schemas of a procedure's results, as far as they are any. */
export function resultSchemas(
  given: Pick<ProcedureOptions, 'result' | 'progress'>,
  complain: (sentence: string) => void,
): Pick<ProcedureOptions, 'result' | 'progress'> {
  const schemas: Pick<ProcedureOptions, 'result' | 'progress'> = {};
  for (const what of ['result', 'progress'] as const) {
    const schema = given[what];
    if (isSchema(schema)) schemas[what] = schema;
    else if (schema !== undefined) complain(`the option '${what}' is no Standard Schema; ${REMEDY}`);
  }
  return schemas;
}

const REMEDY = 'give one of zod, valibot, arktype or the like';

/** Whether a value may be missing is the schema's matter. */
function checkedBy(schema: StandardSchema, { name, from }: ParameterDescription): ParameterDescription {
  return { name, from, schema, required: false, nullable: true };
}

function keywordOf({ from, name }: ParameterDescription): string {
  return from === 'keyword' ? name : '';
}

function positionalSchemas(given: unknown, complain: (sentence: string) => void): StandardSchema[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    complain("the option 'args' must be a list of schemas");
    return [];
  }
  return given.filter((each, i) => {
    if (isSchema(each)) return true;
    complain(`the option 'args' has no Standard Schema at ${i}; ${REMEDY}`);
    return false;
  });
}

function namedSchemas(given: unknown, complain: (sentence: string) => void): Map<string, StandardSchema> {
  const named = new Map<string, StandardSchema>();
  if (given === undefined) return named;
  if (typeof given !== 'object' || given === null || Array.isArray(given) || isSchema(given)) {
    complain("the option 'kwargs' must be an object with a schema for each keyword");
    return named;
  }
  for (const [keyword, schema] of Object.entries(given)) {
    if (isSchema(schema)) named.set(keyword, schema);
    else complain(`the option 'kwargs' has no Standard Schema at '${keyword}'; ${REMEDY}`);
  }
  return named;
}
