/**
 * Decoders of JSON, and ways to make decoders of others. A value of the wrong shape throws; in a tolerant list one errant
 * entry is left out with a warning, so that it does not take the others with it.
 */

export type Decoder<T> = (value: unknown, where: string) => T;

function fail(where: string, expected: string): never {
  throw new TypeError(`${where}: not ${expected}`);
}

export const text: Decoder<string> = (value, where) =>
  typeof value === 'string' ? value : fail(where, 'a string');

export const flag: Decoder<boolean> = (value, where) =>
  typeof value === 'boolean' ? value : fail(where, 'a boolean');

export const count: Decoder<number> = (value, where) =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0
    ? value
    : fail(where, 'a whole number');

export const amount: Decoder<number> = (value, where) =>
  typeof value === 'number' && value >= 0 ? value : fail(where, 'an amount');

export function oneOf<T extends string>(values: readonly T[]): Decoder<T> {
  return (value, where) =>
    values.includes(value as T)
      ? (value as T)
      : fail(where, `one of ${values.join(', ')}`);
}

/** What a newer server says and this panel has no word for is no reason to drop a job. */
export function knownOrNull<T extends string>(
  values: readonly T[]
): Decoder<T | null> {
  return value => (values.includes(value as T) ? (value as T) : null);
}

export function orNull<T>(decode: Decoder<T>): Decoder<T | null> {
  return (value, where) =>
    value === null || value === undefined ? null : decode(value, where);
}

export function record<T>(fields: {
  [K in keyof T]: Decoder<T[K]>;
}): Decoder<T> {
  return (value, where) => {
    const found = plainObject(value, where);
    const decoded: Partial<T> = {};
    for (const key of Object.keys(fields) as (keyof T & string)[]) {
      decoded[key] = fields[key](found[key], `${where}.${key}`);
    }
    return decoded as T;
  };
}

export function dictionary<T>(
  decode: Decoder<T>
): Decoder<{ [key: string]: T }> {
  return (value, where) => {
    const decoded: { [key: string]: T } = {};
    for (const [key, entry] of Object.entries(plainObject(value, where))) {
      decoded[key] = decode(entry, `${where}.${key}`);
    }
    return decoded;
  };
}

export function list<T>(decode: Decoder<T>): Decoder<T[]> {
  return (value, where) =>
    Array.isArray(value)
      ? value.map((entry, i) => decode(entry, `${where}[${i}]`))
      : fail(where, 'a list');
}

export function tolerantList<T>(decode: Decoder<T>): Decoder<T[]> {
  return (value, where) => {
    const entries = Array.isArray(value) ? value : fail(where, 'a list');
    return entries.flatMap((entry, i) => {
      try {
        return [decode(entry, `${where}[${i}]`)];
      } catch (error) {
        console.warn(`Left out of what the server sent: ${error}`);
        return [];
      }
    });
  };
}

function plainObject(value: unknown, where: string): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : fail(where, 'an object');
}
