/** The text form of arrays (manual, 8.15.6): braces, commas, quotes, NULL, and lower bounds where they are not 1. */
import { protocolViolation } from '../wire/protocol-violation.ts';

export interface ArrayDimension {
  readonly length: number;
  readonly lowerBound: number;
}

/** An array laid flat, the last dimension running fastest. */
export interface FlatArray {
  readonly dimensions: readonly ArrayDimension[];
  readonly elements: readonly (string | null)[];
}

/** PostgreSQL's own bound (MAXDIM). */
export const MAX_DIMENSIONS = 6;

const NEEDS_QUOTES = /^$|[{}",\\\s]|^null$/i;

export function formatArray({ dimensions, elements }: FlatArray): string {
  if (dimensions.length === 0) return '{}';
  const bounds = dimensions.some(({ lowerBound }) => lowerBound !== 1)
    ? `${dimensions.map((dimension) => `[${dimension.lowerBound}:${dimension.lowerBound + dimension.length - 1}]`).join('')}=`
    : '';
  let next = 0;
  const level = (depth: number): string => {
    const parts: string[] = [];
    for (let left = dimensions[depth]?.length ?? 0; left > 0; left--) {
      parts.push(depth + 1 < dimensions.length ? level(depth + 1) : formatElement(elements[next++] ?? null));
    }
    return `{${parts.join(',')}}`;
  };
  return bounds + level(0);
}

function formatElement(element: string | null): string {
  if (element === null) return 'NULL';
  return NEEDS_QUOTES.test(element) ? `"${element.replace(/["\\]/g, '\\$&')}"` : element;
}

/** @returns null for what is not an array, or one whose rows differ in length */
export function parseArray(text: string): FlatArray | null {
  const match = /^((?:\[[+-]?[0-9]{1,10}:[+-]?[0-9]{1,10}\])*)(=?)(.*)$/s.exec(text.trim());
  const bounds = match?.[1] ?? '';
  if (match === null || (bounds === '') !== (match[2] === '')) return null;
  const parser = new ArrayTextParser(match[3] ?? '');
  const lengths = parser.parse();
  if (lengths === null) return null;
  const lowerBounds = [...bounds.matchAll(/\[([+-]?[0-9]+):/g)].map((bound) => Number(bound[1]));
  if (lowerBounds.length !== 0 && lowerBounds.length !== lengths.length) return null;
  const dimensions = lengths.map((length, index) => ({ length, lowerBound: lowerBounds[index] ?? 1 }));
  return { dimensions, elements: parser.elements };
}

class ArrayTextParser {
  readonly elements: (string | null)[] = [];
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The lengths of the dimensions, outermost first; none for an empty array. */
  parse(): number[] | null {
    const lengths = this.#level(0);
    if (lengths === null || this.#at !== this.#text.length) return null;
    return lengths.includes(0) ? (lengths.length === 1 ? [] : null) : lengths;
  }

  #level(depth: number): number[] | null {
    if (depth === MAX_DIMENSIONS || !this.#take('{')) return null;
    if (this.#take('}')) return [0];
    let inner: number[] | null = null;
    for (let length = 1; ; length++) {
      const one = this.#text[this.#at] === '{' ? this.#level(depth + 1) : this.#element();
      if (one === null || (inner !== null && inner.join() !== one.join())) return null;
      inner = one;
      if (this.#take('}')) return [length, ...inner];
      if (!this.#take(',')) return null;
    }
  }

  #element(): number[] | null {
    const quoted = /"((?:[^"\\]|\\.)*)"/sy;
    const plain = /[^{}",\\\s][^{}",\\]*/y;
    const pattern = this.#text[this.#at] === '"' ? quoted : plain;
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) return null;
    this.#at = pattern.lastIndex;
    const inside = match[1];
    if (inside !== undefined) this.elements.push(inside.replace(/\\(.)/gs, '$1'));
    else this.elements.push(/^null$/i.test(match[0].trim()) ? null : match[0].trim());
    return [];
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at += 1;
    return true;
  }
}

/** The number of elements that dimensions announce, bounded by what could be there. @throws AccessError protocol_violation */
export function elementCount(dimensions: readonly ArrayDimension[], most: number): number {
  let count = dimensions.length === 0 ? 0 : 1;
  for (const { length } of dimensions) {
    count *= length;
    if (length < 0 || count > most) throw protocolViolation('An array is shorter than its dimensions say.');
  }
  return count;
}
