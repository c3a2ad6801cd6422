import type { Word, WordPart } from '../syntax/script.ts';

/** Most words that one word becomes; more is not told one by one. */
const MAX_WORDS = 64;

/** Most opening braces that are looked at; each may be tried from the start. */
const MAX_BRACES = 16;

/** One character that is not quoted, or a piece that brace expansion does not look into. */
type Unit = string | WordPart;

/**
 * Brace expansion (bash manual, 3.5.1) of a word. Undefined where there is none; `too-many` where it makes more
 * words than can be listed. dash has no such thing and takes the word as it is.
 */
export function expandBraces(word: Word): readonly Word[] | 'too-many' | undefined {
  let braces = 0;
  for (const part of word.parts)
    if (part.kind === 'literal' && !part.quoted) braces += part.text.split('{').length - 1;
  if (braces === 0) return undefined;
  if (braces > MAX_BRACES) return 'too-many';
  const expanded = expand(unitsOf(word));
  if (expanded === 'too-many') return expanded;
  if (expanded.length < 2) return undefined;
  return expanded.map((units) => wordOf(units));
}

function unitsOf(word: Word): Unit[] {
  return word.parts.flatMap((part): Unit[] =>
    part.kind === 'literal' && !part.quoted ? Array.from(part.text) : [part],
  );
}

function wordOf(units: readonly Unit[]): Word {
  const parts: WordPart[] = [];
  for (const unit of units) {
    const last = parts.at(-1);
    if (typeof unit !== 'string') parts.push(unit);
    else if (last?.kind === 'literal' && !last.quoted)
      parts[parts.length - 1] = { ...last, text: last.text + unit };
    else parts.push({ kind: 'literal', text: unit, quoted: false });
  }
  return { parts, source: parts.map(sourceOf).join(''), span: undefined };
}

function sourceOf(part: WordPart): string {
  if (part.kind !== 'literal') return part.source;
  return part.quoted ? `'${part.text.replaceAll("'", "'\\''")}'` : part.text;
}

function expand(units: readonly Unit[]): Unit[][] | 'too-many' {
  const group = firstGroup(units);
  if (group === undefined) return [[...units]];
  const tails = expand(units.slice(group.end + 1));
  if (tails === 'too-many') return tails;
  const head = units.slice(0, group.start);
  const result: Unit[][] = [];
  for (const alternative of group.alternatives) {
    const middles = expand(alternative);
    if (middles === 'too-many' || middles.length * tails.length + result.length > MAX_WORDS)
      return 'too-many';
    for (const middle of middles) for (const tail of tails) result.push([...head, ...middle, ...tail]);
  }
  return result;
}

interface Group {
  readonly start: number;
  readonly end: number;
  readonly alternatives: readonly (readonly Unit[])[];
}

/** The first `{...}` that has a comma of its own or is a sequence. */
function firstGroup(units: readonly Unit[]): Group | undefined {
  for (let start = units.indexOf('{'); start >= 0; start = units.indexOf('{', start + 1)) {
    const group = groupAt(units, start);
    if (group !== undefined) return group;
  }
  return undefined;
}

function groupAt(units: readonly Unit[], start: number): Group | undefined {
  let depth = 0;
  const cuts: number[] = [start];
  for (let i = start + 1; i < units.length; i++) {
    const unit = units[i];
    if (unit === '{') depth++;
    else if (unit === ',' && depth === 0) cuts.push(i);
    else if (unit === '}' && depth-- === 0) {
      cuts.push(i);
      return groupOf(units, cuts);
    }
  }
  return undefined;
}

function groupOf(units: readonly Unit[], cuts: readonly number[]): Group | undefined {
  const start = cuts[0] ?? 0;
  const end = cuts.at(-1) ?? 0;
  if (cuts.length > 2) {
    const alternatives = cuts.slice(1).map((cut, i) => units.slice((cuts[i] ?? 0) + 1, cut));
    return { start, end, alternatives };
  }
  const inside = units.slice(start + 1, end);
  if (!inside.every((unit) => typeof unit === 'string')) return undefined;
  const sequence = sequenceOf(inside.join(''));
  return sequence === undefined
    ? undefined
    : { start, end, alternatives: sequence.map((item) => Array.from(item)) };
}

const SEQUENCE = /^(-?\d{1,9}|[A-Za-z])\.\.(-?\d{1,9}|[A-Za-z])(?:\.\.(-?\d{1,9}))?$/;

/** `1..3`, `a..c`, `1..9..2`; one more item than is allowed where there are too many. */
function sequenceOf(text: string): string[] | undefined {
  const match = SEQUENCE.exec(text);
  if (match === null) return undefined;
  const [, from = '', to = '', by] = match;
  const isNumber = /\d/.test(from);
  if (isNumber !== /\d/.test(to)) return undefined;
  const first = isNumber ? Number(from) : from.charCodeAt(0);
  const last = isNumber ? Number(to) : to.charCodeAt(0);
  const step = Math.abs(Number(by ?? 1)) || 1;
  const width = /^-?0\d/.test(from) || /^-?0\d/.test(to) ? Math.max(from.length, to.length) : 0;
  const items: string[] = [];
  for (let n = first; first <= last ? n <= last : n >= last; n += first <= last ? step : -step) {
    items.push(isNumber ? padded(n, width) : String.fromCharCode(n));
    if (items.length > MAX_WORDS) break;
  }
  return items;
}

function padded(n: number, width: number): string {
  return n < 0 ? `-${String(-n).padStart(width - 1, '0')}` : String(n).padStart(width, '0');
}
