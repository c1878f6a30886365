/**
 * Read what the server sent by its own schemas. A value of the wrong shape throws. What a schema calls tolerant takes
 * nothing else with it: an errant entry of a list is left out with a warning, and an unknown word is null. What no schema
 * names is left out. This is not what validators of JSON Schema do, and the schemas use little of it.
 */

import { SCHEMAS, Schemas } from './types';

/** What these schemas say. Of the choices that `anyOf` has, the second is null. */
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

/** Read a value as a schema describes it. */
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
      console.warn(`Left out of what the server sent: ${error}`);
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
