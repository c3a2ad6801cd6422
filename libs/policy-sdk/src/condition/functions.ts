import { checkedInt } from './operators.ts';
import type { Frame } from './frame.ts';
import { parseDuration } from '../quantity/duration.ts';
import { Failure, Span, isList, isObject, typeName, type Outcome, type Value } from './value.ts';

/** A function or method over values that are there; a method's receiver comes first. */
export type Builtin = (frame: Frame, args: readonly Value[]) => Outcome;

function unsuited(name: string, args: readonly Value[]): Failure {
  return new Failure(`${name}() cannot take ${args.map(typeName).join(', ')}`);
}

/** A method of two texts, paid for by their lengths. */
function ofTexts(
  name: string,
  cost: (text: string, argument: string) => number,
  apply: (text: string, argument: string) => boolean,
): Builtin {
  return (frame, args) => {
    const [text, argument] = args;
    if (typeof text !== 'string' || typeof argument !== 'string') return unsuited(name, args);
    return frame.spend(cost(text, argument)) ?? apply(text, argument);
  };
}

function compareCost(_text: string, argument: string): number {
  return 1 + (argument.length >>> 5);
}

/** At worst a search compares each character with each other one; a caller may choose both texts. */
function searchCost(text: string, argument: string): number {
  return 1 + (text.length >>> 5) + Math.floor((text.length * argument.length) / 128);
}

function ofText(name: string, apply: (text: string) => Outcome): Builtin {
  return (frame, args) => {
    const [text] = args;
    if (typeof text !== 'string') return unsuited(name, args);
    return frame.spendCharacters(text.length) ?? apply(text);
  };
}

function size(frame: Frame, args: readonly Value[]): Outcome {
  const [value] = args;
  if (typeof value === 'string') return frame.spendCharacters(value.length) ?? countCodePoints(value);
  if (value !== undefined && isList(value)) return BigInt(value.length);
  if (value !== undefined && isObject(value)) {
    const keys = Object.keys(value).length;
    return frame.spend(keys) ?? BigInt(keys);
  }
  return unsuited('size', args);
}

function countCodePoints(text: string): bigint {
  let surrogatePairs = 0;
  for (let i = 0; i + 1 < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      surrogatePairs++;
      i++;
    }
  }
  return BigInt(text.length - surrogatePairs);
}

function toInt(_frame: Frame, args: readonly Value[]): Outcome {
  const [value] = args;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return checkedInt(BigInt(Math.trunc(value)));
  if (typeof value === 'string') {
    return /^-?\d{1,19}$/.test(value) ? checkedInt(BigInt(value)) : new Failure('int() needs decimal digits');
  }
  return unsuited('int', args);
}

function toDouble(_frame: Frame, args: readonly Value[]): Outcome {
  const [value] = args;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (typeof value === 'string') {
    const isDecimal = /^-?\d{1,308}(?:\.\d{1,308})?(?:[eE][-+]?\d{1,3})?$/.test(value);
    return isDecimal ? Number(value) : new Failure('double() needs a decimal number');
  }
  return unsuited('double', args);
}

function toText(frame: Frame, args: readonly Value[]): Outcome {
  const [value] = args;
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'number') {
    return frame.spend(1) ?? String(value);
  }
  return unsuited('string', args);
}

/** RFC 3339, with its zone. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[-+]\d{2}:\d{2})$/;

function toTimestamp(_frame: Frame, args: readonly Value[]): Outcome {
  const [value] = args;
  if (typeof value === 'bigint') {
    const date = new Date(Number(value) * 1000);
    return Number.isNaN(date.getTime()) ? new Failure('timestamp() is out of its range') : date;
  }
  if (typeof value !== 'string') return unsuited('timestamp', args);
  const date = TIMESTAMP.test(value) ? new Date(value) : undefined;
  if (date === undefined || Number.isNaN(date.getTime())) {
    return new Failure('timestamp() needs a time like 2026-11-23T15:04:05Z');
  }
  return date;
}

function toSpan(_frame: Frame, args: readonly Value[]): Outcome {
  const [value] = args;
  if (typeof value !== 'string') return unsuited('duration', args);
  const milliseconds = parseDuration(value);
  return milliseconds === undefined
    ? new Failure('duration() needs a length like 90s or 1h30m')
    : new Span(milliseconds);
}

/** Functions called by name, keyed by name and number of arguments. */
export const FUNCTIONS: Readonly<Record<string, Builtin>> = {
  'size/1': size,
  'int/1': toInt,
  'double/1': toDouble,
  'string/1': toText,
  'timestamp/1': toTimestamp,
  'duration/1': toSpan,
};

/** Methods of a value, keyed by name and number of arguments beside the receiver. */
export const METHODS: Readonly<Record<string, Builtin>> = {
  'size/0': size,
  'startsWith/1': ofTexts('startsWith', compareCost, (text, start) => text.startsWith(start)),
  'endsWith/1': ofTexts('endsWith', compareCost, (text, end) => text.endsWith(end)),
  'contains/1': ofTexts('contains', searchCost, (text, part) => text.includes(part)),
  'lowerAscii/0': ofText('lowerAscii', (text) => text.replace(/[A-Z]+/g, (run) => run.toLowerCase())),
  'upperAscii/0': ofText('upperAscii', (text) => text.replace(/[a-z]+/g, (run) => run.toUpperCase())),
  'trim/0': ofText('trim', (text) => text.trim()),
};
