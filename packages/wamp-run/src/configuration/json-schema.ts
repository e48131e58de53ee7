import type { Shape } from './shape.js';

/** A JSON Schema, as far as shapes need one. */
export type JsonSchema = { readonly [key: string]: unknown };

/** What JSON Schema (2020-12) says of a shape, for editors. */
export function jsonSchemaOf(shape: Shape): JsonSchema {
  const doc = shape.doc === undefined ? {} : { description: shape.doc };
  switch (shape.kind) {
    case 'text':
      return { type: 'string', ...(shape.empty === true ? {} : { minLength: 1 }), ...doc };
    case 'word':
      return { enum: shape.words, ...doc };
    case 'number':
      return {
        type: 'integer',
        minimum: shape.least,
        ...(shape.most === undefined ? {} : { maximum: shape.most }),
        ...doc,
      };
    case 'switch':
      return { type: 'boolean', ...doc };
    case 'list':
      return {
        type: 'array',
        items: jsonSchemaOf(shape.of),
        ...(shape.least === undefined ? {} : { minItems: shape.least }),
        ...doc,
      };
    case 'map':
      return { type: 'object', additionalProperties: jsonSchemaOf(shape.of), ...doc };
    case 'keys':
      return {
        type: 'object',
        properties: Object.fromEntries(Object.entries(shape.keys).map(([key, each]) => [key, jsonSchemaOf(each)])),
        ...(shape.needs === undefined ? {} : { required: shape.needs }),
        additionalProperties: false,
        ...doc,
      };
    case 'either':
      return { anyOf: [jsonSchemaOf(shape.text), jsonSchemaOf(shape.keys)], ...doc };
    case 'off':
      return { anyOf: [{ const: false }, jsonSchemaOf(shape.or)], ...doc };
    case 'code':
      // Nothing that JSON or YAML can hold.
      return { not: {}, ...doc };
    case 'anything':
      return doc;
  }
}
