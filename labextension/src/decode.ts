/**
 * Decode responses by the server's own schemas. A value of the wrong shape throws, unless the schema is `x-tolerant`: then
 * an invalid entry of a list is dropped with a warning, and an unknown enum value becomes null. Properties that no schema
 * names are dropped. This is a small subset of JSON Schema, not a general validator.
 */

import { SCHEMAS, Schemas } from './types';

/** The subset of JSON Schema in use. The second choice of `anyOf` is always null. */
interface ISchema {
  $ref?: string;
  anyOf?: ISchema[];
  enum?: string[];
  type?: string;
  minimum?: number;
  items?: ISchema;
  properties?: { [name: string]: ISchema };
  required?: string[];
  additionalProperties?: ISchema;
  'x-tolerant'?: boolean;
}

const ALL: { [name: string]: ISchema } = SCHEMAS;

/** Decode a value by a named schema. */
export function decode<N extends keyof Schemas>(
  name: N,
  value: unknown
): Schemas[N] {
  return read({ $ref: name }, value, name) as Schemas[N];
}

function read(schema: ISchema, value: unknown, where: string): unknown {
  if (schema.$ref) {
    return read(ALL[schema.$ref], value, where);
  }
  if (schema.anyOf) {
    return readOrNull(schema, value, where);
  }
  if (schema.enum) {
    return schema.enum.includes(value as string)
      ? value
      : fail(where, `one of ${schema.enum.join(', ')}`);
  }
  if (schema.items) {
    return readList(schema, schema.items, value, where);
  }
  return schema.type === 'object'
    ? readObject(schema, value, where)
    : readPlain(schema, value, where);
}

function readOrNull(schema: ISchema, value: unknown, where: string): unknown {
  if (value === null || value === undefined) {
    return null;
  }
  try {
    return read(schema.anyOf![0], value, where);
  } catch (error) {
    if (schema['x-tolerant']) {
      return null;
    }
    throw error;
  }
}

function readList(
  schema: ISchema,
  items: ISchema,
  value: unknown,
  where: string
): unknown[] {
  const entries = Array.isArray(value) ? value : fail(where, 'a list');
  return entries.flatMap((entry, i) => {
    try {
      return [read(items, entry, `${where}[${i}]`)];
    } catch (error) {
      if (!schema['x-tolerant']) {
        throw error;
      }
      console.warn(`Ignored in a response of the server: ${error}`);
      return [];
    }
  });
}

function readObject(schema: ISchema, value: unknown, where: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail(where, 'an object');
  }
  const found = value as { [name: string]: unknown };
  const { properties, required = [], additionalProperties = {} } = schema;
  const names = properties
    ? Object.keys(properties).filter(
        name => name in found || required.includes(name)
      )
    : Object.keys(found);
  return Object.fromEntries(
    names.map(name => {
      const field = properties ? properties[name] : additionalProperties;
      return [name, read(field, found[name], `${where}.${name}`)];
    })
  );
}

function readPlain(schema: ISchema, value: unknown, where: string): unknown {
  const { type, minimum } = schema;
  const isOfType =
    type === 'integer'
      ? Number.isInteger(value)
      : type === undefined || typeof value === type;
  if (!isOfType) {
    return fail(where, `of type ${type}`);
  }
  return minimum !== undefined && (value as number) < minimum
    ? fail(where, `${minimum} or more`)
    : value;
}

function fail(where: string, expected: string): never {
  throw new TypeError(`${where}: not ${expected}`);
}
