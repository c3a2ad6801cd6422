import type { Word, WordPart } from '../syntax/script.ts';
import { expandBraces } from './expand-braces.ts';
import type { VariableFacts } from './variable-facts.ts';

/** Most meanings of one command that are told one by one. */
const MAX_VARIANTS = 16;

interface CommandVariants {
  readonly variants: readonly (readonly Word[])[];
  /** True where there are more than are listed. */
  readonly isCut: boolean;
}

interface VariantOptions {
  /** Variables that certainly have one of the values that the text gives them. */
  readonly assigned: ReadonlySet<string>;
  /** Whether the shell may have no brace expansion. */
  readonly mayBePosix: boolean;
}

/**
 * All that the words of a command can be: with braces expanded and, where the shell may have no such thing, as they
 * are; with each value that the text gives to the variables in it.
 */
export function commandVariants(
  words: readonly Word[],
  facts: VariableFacts,
  { assigned, mayBePosix }: VariantOptions,
): CommandVariants {
  const braces = withBraces(words, mayBePosix);
  const variants: (readonly Word[])[] = [];
  let { isCut } = braces;
  const quotes = [withPosixQuotes(words, () => true), withPosixQuotes(words, ({ text }) => text === '')];
  for (const variant of [...braces.variants, ...quotes.filter((each) => each !== undefined)]) {
    const resolved = withValues(variant, facts, assigned);
    isCut ||= variants.length + resolved.length > MAX_VARIANTS;
    variants.push(...resolved.slice(0, MAX_VARIANTS - variants.length));
  }
  return { variants, isCut };
}

function withBraces(words: readonly Word[], mayBePosix: boolean): CommandVariants {
  const alternatives = words.map((word) => expandBraces(word));
  const isCut = alternatives.includes('too-many');
  if (!alternatives.some((each) => Array.isArray(each))) return { variants: [words], isCut };
  const expanded = words.flatMap((word, i) => {
    const each = alternatives[i];
    return each === undefined || each === 'too-many' ? [word] : each;
  });
  return { variants: mayBePosix ? [expanded, words] : [expanded], isCut };
}

type Literal = Extract<WordPart, { readonly kind: 'literal' }>;

/** The words of a shell that has no `$'...'`, or only no `$"..."`; undefined where that makes no difference. */
function withPosixQuotes(
  words: readonly Word[],
  isMeant: (part: Literal) => boolean,
): readonly Word[] | undefined {
  const posixText = (part: WordPart): string | undefined =>
    part.kind === 'literal' && isMeant(part) ? part.posixText : undefined;
  if (!words.some(({ parts }) => parts.some((part) => posixText(part) !== undefined))) return undefined;
  return words.map((word) => ({
    ...word,
    parts: word.parts.map((part): WordPart => {
      const text = posixText(part);
      return text === undefined ? part : { kind: 'literal', text, quoted: true };
    }),
  }));
}

/** Each value of each variable; words are kept as written where that would be too many. */
function withValues(
  words: readonly Word[],
  facts: VariableFacts,
  assigned: ReadonlySet<string>,
): readonly (readonly Word[])[] {
  let variants: (readonly Word[])[] = [words.map((word) => withNumbers(word, facts, assigned))];
  for (const name of namesOf(words)) {
    const values = assigned.has(name) ? facts.valuesOf(name) : undefined;
    if (values === undefined || !isResolvable(words, name, values, facts)) continue;
    if (variants.length * values.size > MAX_VARIANTS) return [words];
    variants = variants.flatMap((variant) =>
      [...values].map((value) => variant.map((word) => put(word, name, value))),
    );
  }
  return variants;
}

/** A variable that holds some number is a number. */
function withNumbers(word: Word, facts: VariableFacts, assigned: ReadonlySet<string>): Word {
  const isNumber = (part: WordPart): boolean =>
    part.kind === 'parameter' && assigned.has(part.name) && facts.isNumber(part.name);
  if (!word.parts.some(isNumber)) return word;
  const parts = word.parts.map((part): WordPart =>
    part.kind === 'parameter' && isNumber(part)
      ? { kind: 'number', quoted: part.quoted, source: part.source }
      : part,
  );
  return { ...word, parts };
}

function namesOf(words: readonly Word[]): Set<string> {
  const names = new Set<string>();
  for (const { parts } of words) {
    for (const part of parts) if (part.kind === 'parameter') names.add(part.name);
  }
  return names;
}

/** An unquoted value that would be split or matched is not put in: shells differ in what becomes of it. */
function isResolvable(
  words: readonly Word[],
  name: string,
  values: ReadonlySet<string>,
  facts: VariableFacts,
): boolean {
  if (!facts.isAssigned('IFS') && [...values].every((value) => /^[\w@%+=:,./-]+$/.test(value))) return true;
  return words.every(({ parts }) =>
    parts.every((part) => part.kind !== 'parameter' || part.name !== name || part.quoted),
  );
}

function put(word: Word, name: string, value: string): Word {
  if (!word.parts.some((part) => part.kind === 'parameter' && part.name === name)) return word;
  const parts = word.parts.map((part): WordPart =>
    part.kind === 'parameter' && part.name === name ? { kind: 'literal', text: value, quoted: true } : part,
  );
  return { ...word, parts };
}
