import type { Argument } from '../words/argument.ts';

/** Options of a program, as getopt_long reads them. Letters and names are listed without dashes. */
export interface OptionSpec {
  /** Letters without a value. */
  readonly flags?: string;
  /** Letters with a value, in the same word or the next. */
  readonly values?: string;
  /** Names without a value, separated by spaces; an optional value behind `=` is allowed. */
  readonly long?: string;
  /** Names with a value. */
  readonly longValues?: string;
  /** True where `-10` is an option, as in `nice -10`. */
  readonly numbers?: boolean;
  /** Options behind which nothing is read any more: what follows is put behind their value first. */
  readonly lastOnes?: readonly string[];
}

export interface GivenOption {
  /** Letter or name, without dashes. */
  readonly name: string;
  readonly value: string | undefined;
  readonly argument: Argument | undefined;
}

type ReadOptions =
  | { readonly ok: true; readonly options: readonly GivenOption[]; readonly operands: number }
  | { readonly ok: false };

const NOT_READ: ReadOptions = { ok: false };

/** Reads the options in front of the first operand. Not ok where a word may be an option that is not listed. */
export function readOptions(args: readonly Argument[], spec: OptionSpec): ReadOptions {
  const options: GivenOption[] = [];
  let index = 0;
  for (; index < args.length; index++) {
    const arg = args[index];
    if (arg === undefined) break;
    if (!arg.isConstant) {
      if (arg.mayBeOptions) return NOT_READ;
      break;
    }
    if (arg.text === '--') {
      index++;
      break;
    }
    if (!arg.text.startsWith('-') || arg.text === '-') break;
    if (spec.numbers === true && /^-\d+$/.test(arg.text)) continue;
    const isRead = arg.text.startsWith('--')
      ? readLong(arg.text.slice(2), args[index + 1], spec, options)
      : readShort(arg.text.slice(1), args[index + 1], spec, options);
    if (isRead === undefined) return NOT_READ;
    index += isRead;
    if (spec.lastOnes?.includes(options.at(-1)?.name ?? '') === true) {
      index++;
      break;
    }
  }
  return { ok: true, options, operands: index };
}

/** How many further words were used; undefined where it is not known. */
function readLong(
  text: string,
  following: Argument | undefined,
  spec: OptionSpec,
  options: GivenOption[],
): number | undefined {
  const cut = text.indexOf('=');
  const given = cut < 0 ? text : text.slice(0, cut);
  const flag = resolveName(given, spec.long);
  if (flag !== undefined) {
    options.push({ name: flag, value: cut < 0 ? undefined : text.slice(cut + 1), argument: undefined });
    return 0;
  }
  const name = resolveName(given, spec.longValues);
  if (name === undefined) return undefined;
  if (cut >= 0) {
    options.push({ name, value: text.slice(cut + 1), argument: undefined });
    return 0;
  }
  return addValue(name, following, options);
}

/** The listed name that it is. Abbreviations are not read: an unlisted name could be meant. */
function resolveName(given: string, names = ''): string | undefined {
  return given !== '' && ` ${names} `.includes(` ${given} `) ? given : undefined;
}

function readShort(
  letters: string,
  following: Argument | undefined,
  { flags = '', values = '' }: OptionSpec,
  options: GivenOption[],
): number | undefined {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters.charAt(i);
    if (flags.includes(letter)) {
      options.push({ name: letter, value: undefined, argument: undefined });
      continue;
    }
    if (!values.includes(letter)) return undefined;
    const rest = letters.slice(i + 1);
    if (rest === '') return addValue(letter, following, options);
    options.push({ name: letter, value: rest, argument: undefined });
    return 0;
  }
  return 0;
}

/** A value in a word of its own: any word that is exactly one. */
function addValue(name: string, argument: Argument | undefined, options: GivenOption[]): number | undefined {
  if (argument === undefined) return undefined;
  const isOne = argument.isConstant || (!argument.mayBeOptions && argument.isTold);
  if (!isOne && !isQuoted(argument)) return undefined;
  options.push({ name, value: argument.isConstant ? argument.text : undefined, argument });
  return 1;
}

/** One word whatever its value. */
export function isQuoted({ word }: Argument): boolean {
  return word !== undefined && word.parts.every((part) => part.quoted || part.kind === 'literal');
}
