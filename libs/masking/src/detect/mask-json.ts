import { REDACTED_TEXT, type ColumnMask } from '../column-mask.ts';
import { maskText, maskValue } from '../mask-value.ts';
import type { Finding, MaskedText } from './detector.ts';
import { replaceFindings, type FindText } from './replace-findings.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** One string or number of a document, or what JSON has no place for, with the offsets of it. */
interface Literal {
  readonly start: number;
  readonly end: number;
  readonly sort: 'string' | 'number' | 'foreign';
}

/** What JSON has beside strings and numbers. */
const STRUCTURE = ' \t\r\n,:{}[]';
const WORDS = ['true', 'false', 'null'] as const;

/**
 * Hides what `find` finds in the strings (keys too) and numbers of a JSON
 * document and leaves every other byte as it is. Strings are searched as they
 * read, whatever escapes they are written with. What is not JSON is hidden whole if it holds a finding.
 */
export function maskJsonFindings(text: string, mask: ColumnMask, find: FindText): MaskedText {
  const findings: Finding[] = [];
  let masked = '';
  let from = 0;
  for (const literal of literals(text)) {
    const source = text.slice(literal.start, literal.end);
    const value = readLiteral(source, literal.sort);
    if (value === null) return maskMalformed(text, mask, find);
    const found = find(value);
    if (found.length === 0) continue;
    const isKey = literal.sort === 'string' && isBeforeColon(text, literal.end);
    for (const { detector } of found) findings.push({ detector, start: literal.start, end: literal.end });
    masked += text.slice(from, literal.start) + maskLiteral(value, literal.sort, isKey, mask, found);
    from = literal.end;
  }
  return { text: masked + text.slice(from), findings };
}

function isBeforeColon(text: string, end: number): boolean {
  let at = end;
  while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at += 1;
  return text.charAt(at) === ':';
}

function maskLiteral(
  value: string,
  sort: Literal['sort'],
  isKey: boolean,
  mask: ColumnMask,
  found: readonly Finding[],
): string {
  if (sort !== 'string') return maskValue(value, 'decimal', mask) ?? 'null';
  const replaced = replaceFindings(value, mask, found, maskText).text;
  if (replaced === null) return isKey ? JSON.stringify(REDACTED_TEXT) : 'null';
  return JSON.stringify(replaced);
}

function maskMalformed(text: string, mask: ColumnMask, find: FindText): MaskedText {
  const findings = find(text);
  return {
    text: findings.length === 0 ? text : maskValue(text, 'json', { strategy: mask.strategy }),
    findings,
  };
}

/** What a literal stands for; null if it is not JSON. */
function readLiteral(source: string, sort: Literal['sort']): string | null {
  switch (sort) {
    case 'string':
      return readString(source);
    case 'number':
      return source;
    case 'foreign':
      return null;
  }
}

function readString(source: string): string | null {
  if (!source.includes('\\')) return source.length >= 2 && source.endsWith('"') ? source.slice(1, -1) : null;
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'string' ? value : null;
  } catch {
    // Not a JSON string: the caller hides the whole document if there is anything in it.
    return null;
  }
}

function* literals(text: string): Generator<Literal> {
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    const start = at;
    if (code === QUOTE) {
      at = stringEnd(text, at);
      yield { start, end: at, sort: 'string' };
    } else if (isNumberStart(code)) {
      while (at < text.length && isNumberPart(text.charCodeAt(at))) at += 1;
      yield { start, end: at, sort: 'number' };
    } else {
      at += structureLength(text, at);
      if (at === start) {
        yield { start, end: text.length, sort: 'foreign' };
        return;
      }
    }
  }
}

/** How many characters of structure or of a word are at `at`; 0 for what is not JSON. */
function structureLength(text: string, at: number): number {
  if (STRUCTURE.includes(text.charAt(at))) return 1;
  return WORDS.find((word) => text.startsWith(word, at))?.length ?? 0;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at + 1;
    at += code === BACKSLASH ? 2 : 1;
  }
  return text.length;
}

function isNumberStart(code: number): boolean {
  return code === 0x2d || (code >= 0x30 && code <= 0x39);
}

function isNumberPart(code: number): boolean {
  return isNumberStart(code) || code === 0x2b || code === 0x2e || code === 0x45 || code === 0x65;
}
