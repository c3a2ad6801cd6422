import { isMetacharacter, type ShellReader } from './shell-reader.ts';

/** Words that are syntax where a command may begin. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'case',
  'esac',
  'for',
  'select',
  'while',
  'until',
  'do',
  'done',
  'in',
  'function',
  'time',
  'coproc',
  '{',
  '}',
  '!',
  '[[',
  ']]',
]);

/** Words that begin a compound command. */
export const COMPOUND_STARTS: ReadonlySet<string> = new Set([
  'if',
  'case',
  'for',
  'select',
  'while',
  'until',
  'function',
  '{',
  '[[',
]);

/** Words that end a list where a command may begin. */
export const LIST_ENDS: ReadonlySet<string> = new Set([
  'then',
  'else',
  'elif',
  'fi',
  'do',
  'done',
  'esac',
  '}',
]);

/** Longest word that is looked at; longer than any that is reserved. */
const MAX_LENGTH = 16;

/** The word here if it is plain characters alone, as a reserved word must be; else undefined. Goes nowhere. */
export function plainWordAt(reader: ShellReader): string | undefined {
  const from = reader.position;
  let word: string | undefined = '';
  for (let char = reader.peek(); !isMetacharacter(char); char = reader.peek()) {
    if ('\'"\\$`'.includes(char) || word.length === MAX_LENGTH) {
      word = undefined;
      break;
    }
    word += char;
    reader.advance();
  }
  reader.position = from;
  return word === '' ? undefined : word;
}

/** Goes past a reserved word if it is here. */
export function takeReserved(reader: ShellReader, word: string): boolean {
  reader.skipBlank();
  if (plainWordAt(reader) !== word) return false;
  reader.advance(word.length);
  return true;
}
