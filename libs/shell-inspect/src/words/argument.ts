import type { Word, WordPart } from '../syntax/script.ts';
import { quoteWord } from './quote-word.ts';
import { isWellKnown, type VariableFacts } from './variable-facts.ts';

/** A word as a program gets it, and how much of it is known. */
export interface Argument {
  /** The value where it is constant, else the word as it is written. */
  readonly text: string;
  readonly isConstant: boolean;
  /** True where it is constant, a pattern with a folder in it, or holds only what the login itself decides (`$HOME`, `~`). */
  readonly isTold: boolean;
  /** True where it may begin with a dash that is not written, or be none or several words. */
  readonly mayBeOptions: boolean;
  /** As it is written in a canonical command. */
  readonly canonical: string;
  readonly word: Word | undefined;
}

/** A constant that did not come from a word of its own: a piece of one, or a made-up name. */
export function constantArgument(text: string): Argument {
  return {
    text,
    isConstant: true,
    isTold: true,
    mayBeOptions: false,
    canonical: quoteWord(text),
    word: undefined,
  };
}

/** Something that is put in when the program runs: what xargs reads, what find finds. */
export const INSERTED: Argument = {
  text: '{}',
  isConstant: false,
  isTold: false,
  mayBeOptions: true,
  canonical: '{}',
  word: undefined,
};

/** What a word is to the program that gets it. */
export function argumentOf(word: Word, facts: VariableFacts): Argument {
  if (word.parts.every(isLiteral)) return literalArgument(word, word.parts);
  const isTold = word.parts.every((part) => isToldPart(part, facts));
  return {
    text: word.source,
    isConstant: false,
    isTold,
    mayBeOptions: mayBeOptions(word.parts, facts),
    canonical: word.source,
    word,
  };
}

type Literal = Extract<WordPart, { readonly kind: 'literal' }>;

function isLiteral(part: WordPart): part is Literal {
  return part.kind === 'literal';
}

function literalArgument(word: Word, parts: readonly Literal[]): Argument {
  const text = parts.map((part) => part.text).join('');
  if (!isPattern(parts)) {
    return { text, isConstant: true, isTold: true, mayBeOptions: false, canonical: quoteWord(text), word };
  }
  const canonical = parts
    .map(({ text, quoted }) => (quoted ? text.replaceAll(/[^\w@%+=:,./-]/g, '\\$&') : text))
    .join('');
  // A pattern that begins with a star can find a file whose name begins with a dash.
  return {
    text: canonical,
    isConstant: false,
    // Without a folder it can find a file that somebody named `restart`.
    isTold: text.includes('/') || !isGlob(unquoted(parts)),
    mayBeOptions: /^[*?[{]/.test(canonical),
    canonical,
    word,
  };
}

/** Whether unquoted characters of it are a glob, a brace expansion or a tilde. */
function isPattern(parts: readonly Literal[]): boolean {
  const plain = unquoted(parts);
  const [first] = parts;
  // zsh: `=ls` is the path of ls.
  if (first !== undefined && !first.quoted && /^[~=]/.test(first.text)) return true;
  return isGlob(plain) || /,|\.\./.test(between(plain, '{', '}') ?? '');
}

function isGlob(plain: string): boolean {
  return /[*?]/.test(plain) || between(plain, '[', ']') !== undefined;
}

/** The text with what is quoted in it made harmless. */
function unquoted(parts: readonly Literal[]): string {
  return parts.map(({ text, quoted }) => (quoted ? text.replaceAll(/[^/]/g, 'x') : text)).join('');
}

/** What is between the first opening and the last closing one, if that comes later. */
function between(text: string, open: string, close: string): string | undefined {
  const start = text.indexOf(open);
  const end = text.lastIndexOf(close);
  return start >= 0 && end > start ? text.slice(start + 1, end) : undefined;
}

/** A part whose value is known well enough: nobody but the login's own environment decides it. */
function isToldPart(part: WordPart, facts: VariableFacts): boolean {
  if (part.kind === 'literal' || part.kind === 'number') return true;
  if (part.kind !== 'parameter') return false;
  if (isStatus(part.name)) return true;
  // Where the text says how values are split, an unquoted one can be any words.
  return isFromLogin(part.name, facts) && (part.quoted || !facts.isAssigned('IFS'));
}

function isFromLogin(name: string, facts: VariableFacts): boolean {
  return isWellKnown(name) && !facts.isAssigned(name);
}

/** `$?`, `$$`, `$#`, `$!`: numbers. */
function isStatus(name: string): boolean {
  return '?$#!'.includes(name);
}

function mayBeOptions(parts: readonly WordPart[], facts: VariableFacts): boolean {
  // An unquoted value is split into words.
  if (parts.some((part) => part.kind !== 'literal' && !part.quoted && !isToldPart(part, facts))) return true;
  const first = parts.find((part) => part.kind !== 'literal' || part.text !== '');
  if (first?.kind === 'literal')
    return /^-/.test(first.text) || (!first.quoted && /^[*?[{]/.test(first.text));
  return !(first?.kind === 'parameter' && isToldPart(first, facts));
}
