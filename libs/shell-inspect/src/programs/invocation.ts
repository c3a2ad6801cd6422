import type { ShellDialect } from '../model/inspection.ts';
import type { Argument } from '../words/argument.ts';

/** A program that would run, and what a rule may say of it. */
export interface Invocation {
  /** Kind of program (`python`, `sudo`), without folder and version. */
  readonly kind: string;
  readonly args: readonly Argument[];
  readonly dialect: ShellDialect;
  /** True where the program may have a terminal, so that it may start a pager. */
  readonly hasTerminal: boolean;
  /** It runs this command. Words of no length run nothing. */
  run(words: readonly Argument[]): void;
  /** It hands these words, joined by spaces, to a shell. */
  runText(words: readonly Argument[], dialect: ShellDialect): void;
  /** It reads commands that are not in the text. */
  shell(): void;
  /** It runs, or may run, what the text does not tell. */
  unknown(reason: string): void;
  write(path: Argument): void;
  read(path: Argument): void;
  /** It sets a variable for what it runs, or in the shell. */
  setVariable(name: string, value: Argument | undefined): void;
  /** It sets a shell variable; undefined: to something that is not told. */
  assign(name: string, value: string | undefined): void;
  assignNumber(name: string): void;
  /** Whether the text may make an array of the variable, whose values are read like code by some declarations. */
  isArray(name: string): boolean;
  setArray(name: string): void;
  /** What the text gives to the variable is evaluated as arithmetic. */
  checkNumber(name: string): void;
  /** It evaluates the value as arithmetic. */
  evaluate(value: Argument): void;
}

/**
 * What is known of a program. Its own words must all be told, unless they are mere data to it.
 */
export interface ProgramRule {
  /**
   * Says what else it does. Returns how many of the arguments are its own: those of the command it runs are told
   * there. Undefined: all of them.
   */
  readonly open?: (invocation: Invocation) => number | undefined;
  /** True where no argument whatever makes it run or load anything. */
  readonly takesData?: boolean;
  /** Whether it changes nothing with these arguments. */
  readonly isReadOnly?: (args: readonly Argument[]) => boolean;
}
