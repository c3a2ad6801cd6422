import type { Frame } from './frame.ts';
import {
  Failure,
  Span,
  isList,
  isNumber,
  isObject,
  ownValue,
  typeName,
  type Outcome,
  type Value,
} from './value.ts';

/** An operator over two values that are there. */
export type BinaryOperator = (frame: Frame, left: Value, right: Value) => Outcome;

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

export function checkedInt(value: bigint): bigint | Failure {
  return value > MAX_INT || value < MIN_INT ? new Failure('an int is out of its range') : value;
}

function checkedDate(milliseconds: number): Date | Failure {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? new Failure('a timestamp is out of its range') : date;
}

function mismatch(operator: string, left: Value, right: Value): Failure {
  return new Failure(`"${operator}" cannot take ${typeName(left)} and ${typeName(right)}`);
}

/**
 * Equality. Values of different types are an error rather than unequal, so
 * that `fields.force == true` does not quietly miss the text "true"; int and
 * double compare as numbers, and null compares with everything.
 */
export function equals(frame: Frame, left: Value, right: Value): boolean | Failure {
  if (left === null || right === null) return left === right;
  if (typeof left === 'string' && typeof right === 'string') {
    if (left.length !== right.length) return false;
    return frame.spendCharacters(left.length) ?? left === right;
  }
  if (typeof left === 'boolean' && typeof right === 'boolean') return left === right;
  // Loose equality is how an int and a double with the same value are equal.
  // eslint-disable-next-line eqeqeq
  if (isNumber(left) && isNumber(right)) return left == right;
  if (left instanceof Date && right instanceof Date) return left.getTime() === right.getTime();
  if (left instanceof Span && right instanceof Span) return left.milliseconds === right.milliseconds;
  if (isList(left) && isList(right)) return listsEqual(frame, left, right);
  return mismatch('==', left, right);
}

function listsEqual(frame: Frame, left: readonly Value[], right: readonly Value[]): boolean | Failure {
  if (left.length !== right.length) return false;
  for (let i = 0; i < left.length; i++) {
    const spent = frame.spend(1);
    if (spent !== undefined) return spent;
    const same = equals(frame, left[i] ?? null, right[i] ?? null);
    if (same !== true) return same;
  }
  return true;
}

/** `in`: an element of a list, where other types are simply not it, or a key of a map. */
function contains(frame: Frame, left: Value, right: Value): Outcome {
  if (isList(right)) {
    for (const element of right) {
      const spent = frame.spend(1);
      if (spent !== undefined) return spent;
      const same = equals(frame, left, element);
      if (same === true) return true;
      if (same instanceof Failure && same.final) return same;
    }
    return false;
  }
  if (isObject(right) && typeof left === 'string') return ownValue(right, left) !== undefined;
  return mismatch('in', left, right);
}

/** Less than 0, 0, more than 0; NaN compares with nothing. */
function compare(operator: string, left: Value, right: Value): number | Failure {
  if (isNumber(left) && isNumber(right))
    return left < right ? -1 : left > right ? 1 : left >= right ? 0 : NaN;
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (left instanceof Date && right instanceof Date) return left.getTime() - right.getTime();
  if (left instanceof Span && right instanceof Span) return left.milliseconds - right.milliseconds;
  if (typeof left === 'boolean' && typeof right === 'boolean') return Number(left) - Number(right);
  return mismatch(operator, left, right);
}

function ordering(operator: string, holds: (order: number) => boolean): BinaryOperator {
  return (frame, left, right) => {
    if (typeof left === 'string' && typeof right === 'string') {
      const spent = frame.spendCharacters(Math.min(left.length, right.length));
      if (spent !== undefined) return spent;
    }
    const order = compare(operator, left, right);
    return order instanceof Failure ? order : holds(order);
  };
}

function add(frame: Frame, left: Value, right: Value): Outcome {
  if (typeof left === 'bigint' && typeof right === 'bigint') return checkedInt(left + right);
  if (typeof left === 'number' && typeof right === 'number') return left + right;
  if (typeof left === 'string' && typeof right === 'string') {
    return frame.spendCharacters(left.length + right.length) ?? left + right;
  }
  if (isList(left) && isList(right)) {
    return frame.spend(left.length + right.length) ?? [...left, ...right];
  }
  if (left instanceof Span && right instanceof Span) return new Span(left.milliseconds + right.milliseconds);
  if (left instanceof Date && right instanceof Span) return checkedDate(left.getTime() + right.milliseconds);
  if (left instanceof Span && right instanceof Date) return checkedDate(right.getTime() + left.milliseconds);
  return mismatch('+', left, right);
}

function subtract(_frame: Frame, left: Value, right: Value): Outcome {
  if (typeof left === 'bigint' && typeof right === 'bigint') return checkedInt(left - right);
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (left instanceof Span && right instanceof Span) return new Span(left.milliseconds - right.milliseconds);
  if (left instanceof Date && right instanceof Span) return checkedDate(left.getTime() - right.milliseconds);
  if (left instanceof Date && right instanceof Date) return new Span(left.getTime() - right.getTime());
  return mismatch('-', left, right);
}

function multiply(_frame: Frame, left: Value, right: Value): Outcome {
  if (typeof left === 'bigint' && typeof right === 'bigint') return checkedInt(left * right);
  if (typeof left === 'number' && typeof right === 'number') return left * right;
  return mismatch('*', left, right);
}

function divide(_frame: Frame, left: Value, right: Value): Outcome {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return right === 0n ? new Failure('division by zero') : checkedInt(left / right);
  }
  if (typeof left === 'number' && typeof right === 'number') return left / right;
  return mismatch('/', left, right);
}

function remainder(_frame: Frame, left: Value, right: Value): Outcome {
  if (typeof left === 'bigint' && typeof right === 'bigint') {
    return right === 0n ? new Failure('division by zero') : left % right;
  }
  return mismatch('%', left, right);
}

/** Every operator that takes two values; `&&`, `||` and `?:` decide what they evaluate and live elsewhere. */
export const BINARY_OPERATORS: Readonly<Record<string, BinaryOperator>> = {
  '==': equals,
  '!=': (frame, left, right) => {
    const same = equals(frame, left, right);
    return same instanceof Failure ? same : !same;
  },
  '<': ordering('<', (order) => order < 0),
  '<=': ordering('<=', (order) => order <= 0),
  '>': ordering('>', (order) => order > 0),
  '>=': ordering('>=', (order) => order >= 0),
  in: contains,
  '+': add,
  '-': subtract,
  '*': multiply,
  '/': divide,
  '%': remainder,
};
