import type { JsonValue } from '@bufbuild/protobuf';

/** A length of time, as CEL's google.protobuf.Duration; milliseconds are exact enough for policy. */
export class Span {
  readonly milliseconds: number;
  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }
}

/**
 * Why a condition has no answer. Messages name keys and types of the
 * expression, never values, so that they may be recorded as public.
 */
export class Failure {
  readonly message: string;
  /** The work allowed is used up: nothing absorbs it, not even `true || ...`. */
  readonly final: boolean;
  constructor(message: string, final = false) {
    this.message = message;
    this.final = final;
  }
}

/**
 * What an expression works on: CEL int is bigint, double is number, timestamp
 * is Date. Objects are plain and read by their own keys only.
 */
export type Value = JsonValue | bigint | Date | Span | readonly Value[] | ValueObject;
export interface ValueObject {
  readonly [key: string]: Value;
}

export type Outcome = Value | Failure;

/** The CEL name of a value's type, for messages. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    case 'boolean':
      return 'bool';
    default:
      if (value === null) return 'null';
      if (Array.isArray(value)) return 'list';
      if (value instanceof Date) return 'timestamp';
      return value instanceof Span ? 'duration' : 'map';
  }
}

export function isList(value: Outcome): value is readonly Value[] {
  return Array.isArray(value);
}

/** A map or message: neither a list nor a time. */
export function isObject(value: Outcome): value is ValueObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Span) &&
    !(value instanceof Failure)
  );
}

export function isNumber(value: Outcome): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** Reads an object's own key; undefined where it is not there. Never looks at the prototype. */
export function ownValue(object: ValueObject, key: string): Value | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
