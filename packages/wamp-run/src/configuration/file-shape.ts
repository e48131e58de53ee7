import { SETTINGS } from '../settings.js';
import { type JsonSchema, jsonSchemaOf } from './json-schema.js';
import { type Nested, nested } from './nested.js';
import type { Shape } from './shape.js';

/** For editors, and of no effect. */
const SCHEMA_KEY: Shape = {
  kind: 'text',
  what: 'the URL or path of a JSON Schema',
  doc: 'the JSON Schema of this file, for editors',
};

/** What a file of configuration may hold: every setting that has a key, sections as objects. */
export function fileShape(): Shape {
  const settings = Object.values(SETTINGS).flatMap(({ key, shape, doc }): [string, Leaf][] =>
    key === undefined ? [] : [[key, { leaf: { ...shape, doc } }]],
  );
  return sectionShape(nested<Leaf>([['$schema', { leaf: SCHEMA_KEY }], ...settings]));
}

/** Tells a setting's shape from a section that holds some. */
interface Leaf {
  readonly leaf: Shape;
}

function sectionShape(section: Nested<Leaf>): Shape {
  const keys = Object.entries(section).map(([key, inner]): [string, Shape] => [
    key,
    isLeaf(inner) ? inner.leaf : sectionShape(inner),
  ]);
  return { kind: 'keys', keys: Object.fromEntries(keys) };
}

function isLeaf(inner: Leaf | Nested<Leaf>): inner is Leaf {
  return 'kind' in ((inner.leaf ?? {}) as object);
}

/** The JSON Schema of a file of configuration. */
export function fileSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'wamp-run.config',
    ...jsonSchemaOf(fileShape()),
  };
}
