import type { SchemaIssue, StandardSchema, Value } from '@wamp-run/protocol';
import { type FieldRecord, type FieldType, fieldsOf, hasFields } from './field.js';
import type { AnyClass } from './records.js';
import { hasType, type WireType, wireTypeOf, wordFor } from './wire-type.js';

/** Where a reader is, from the argument inwards: one list for the whole walk, copied only where something is wrong. */
type Path = (string | number)[];

/** Takes a value apart: gives back what the handler is to have, and says what is wrong. */
type Reader = (value: Value, path: Path, issues: SchemaIssue[]) => unknown;

/**
 * A class with fields as a schema: a dict with these keys becomes an instance. A value that is missing altogether is
 * the parameter's matter, not the class's.
 *
 * @param nullable whether null passes
 */
export function classSchema(target: AnyClass, nullable = false): StandardSchema {
  let read: Reader | undefined;
  return {
    '~standard': {
      version: 1,
      vendor: 'wamp-run',
      validate: (value) => {
        if (value === undefined || (value === null && nullable)) return { value };
        read ??= new ClassReaders().of(target);
        const issues: SchemaIssue[] = [];
        const instance = read(value as Value, [], issues);
        return issues.length === 0 ? { value: instance } : { issues };
      },
    },
  };
}

/** What is wrong with a class as the type of an argument, or undefined. */
export function classComplaint(target: AnyClass): string | undefined {
  if (target.length === 0) return undefined;
  return `${target.name} has a constructor with parameters; instances of arguments are made without any: give them defaults`;
}

/** The readers of all classes that one refers to. A class may hold itself: it is looked up when it is met. */
class ClassReaders {
  readonly #readers = new Map<AnyClass, Reader>();

  of(target: AnyClass): Reader {
    const known = this.#readers.get(target);
    if (known !== undefined) return known;
    const reader: Reader = (value, path, issues) => this.#instance(target, fields, value, path, issues);
    this.#readers.set(target, reader);
    const fields = new Map(
      fieldsOf(target).map((record) => [record.name, { record, read: this.#fieldReader(record) }]),
    );
    return reader;
  }

  #instance(
    target: AnyClass,
    fields: ReadonlyMap<string, { record: FieldRecord; read: Reader }>,
    value: Value,
    path: Path,
    issues: SchemaIssue[],
  ): unknown {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array) {
      issues.push({ message: `expected type=${target.name} got=${wordFor(value)}`, path: [...path] });
      return undefined;
    }
    const instance = new (target as new () => Record<string, unknown>)();
    for (const key of Object.keys(value)) {
      if (!fields.has(key)) issues.push({ message: `is no field of ${target.name}`, path: [...path, key] });
    }
    for (const [name, { record, read }] of fields) {
      const given = Object.hasOwn(value, name) ? value[name] : undefined;
      if (given === undefined) {
        if (record.optional !== true) issues.push({ message: 'is missing', path: [...path, name] });
        continue;
      }
      path.push(name);
      const held = given === null && record.nullable === true ? null : read(given, path, issues);
      path.pop();
      // Never by assignment: a field of that name would be the prototype.
      Object.defineProperty(instance, name, { value: held, writable: true, enumerable: true, configurable: true });
    }
    return instance;
  }

  #fieldReader({ type, of, schema, declared }: FieldRecord): Reader {
    if (schema !== undefined) return bySchema(schema);
    if (of !== undefined) return this.#listReader(this.#typeReader(of));
    if (type !== undefined) return this.#typeReader(type);
    if (hasFields(declared)) return this.of(declared);
    const wire = wireTypeOf(declared);
    return wire === undefined ? (value) => value : byType(wire);
  }

  #typeReader(type: FieldType): Reader {
    if (typeof type === 'string') return byType(type);
    // A function without a prototype is no class: it names one that was not there yet when the decorator ran.
    const target = type.prototype === undefined ? (type as () => AnyClass)() : (type as AnyClass);
    return this.of(target);
  }

  #listReader(element: Reader): Reader {
    return (value, path, issues) => {
      if (!Array.isArray(value)) {
        issues.push({ message: `expected type=list got=${wordFor(value)}`, path: [...path] });
        return undefined;
      }
      return value.map((each, i) => {
        path.push(i);
        const held = element(each, path, issues);
        path.pop();
        return held;
      });
    };
  }
}

function byType(type: WireType): Reader {
  return (value, path, issues) => {
    if (!hasType(value, type)) issues.push({ message: `expected type=${type} got=${wordFor(value)}`, path: [...path] });
    return value;
  };
}

function bySchema(schema: StandardSchema): Reader {
  return (value, path, issues) => {
    const outcome = schema['~standard'].validate(value);
    if (outcome instanceof Promise) {
      outcome.catch(() => {});
      throw new TypeError(
        'the schema of a field answers with a promise; use one that does not, or a schema for the argument',
      );
    }
    if (outcome.issues === undefined) return outcome.value;
    for (const issue of outcome.issues) {
      const inner = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
      issues.push({ message: issue.message, path: [...path, ...inner] });
    }
    return undefined;
  };
}
