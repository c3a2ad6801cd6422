/**
 * What a text holds, flat: order and nesting of lists, loops and conditionals do not matter to what it *could* do,
 * so every command of it counts, whichever branch it is in.
 */

/**
 * A piece of a word.
 *
 * - `literal`: text after quotes and backslashes are taken away; `quoted` where they stood around it. `posixText` is
 *   what it is to a shell without `$'...'` and `$"..."`.
 * - `parameter`: `$name` or `${name}` as it is; `name` is a variable or a special parameter (`1`, `@`, `?`).
 * - `opaque`: anything whose value the text does not tell: substitutions, `${x:-y}`, arrays.
 * - `number`: an arithmetic expansion; its value is a number.
 */
export type WordPart =
  | { readonly kind: 'literal'; readonly text: string; readonly quoted: boolean; readonly posixText?: string }
  | { readonly kind: 'parameter'; readonly name: string; readonly quoted: boolean; readonly source: string }
  | { readonly kind: 'opaque'; readonly quoted: boolean; readonly source: string }
  | { readonly kind: 'number'; readonly quoted: boolean; readonly source: string };

export interface Word {
  readonly parts: readonly WordPart[];
  /** As it is written, without line continuations. */
  readonly source: string;
  /** Where it stands in its own text, in UTF-16 units; undefined for a word that was made from others. */
  readonly span: Span | undefined;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Assignment {
  readonly name: string;
  /** Undefined where it cannot be told: arrays, `+=`, `read x`, `${x:=y}`. */
  readonly value: Word | undefined;
  readonly span: Span | undefined;
}

export interface Redirect {
  readonly mode: 'read' | 'write' | 'both';
  readonly target: Word;
  readonly assigned: ReadonlySet<string>;
}

export interface SimpleCommand {
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  /** Variables that the text has certainly given a value when this runs, in the same shell. */
  readonly assigned: ReadonlySet<string>;
}

/** Names and values that are evaluated as arithmetic, which runs substitutions in the *values* of variables. */
export interface ArithmeticUse {
  readonly names: readonly string[];
  /** True where more is evaluated than the values of `names`. */
  readonly isOpaque: boolean;
}

export interface ShellScript {
  readonly text: string;
  readonly commands: SimpleCommand[];
  readonly redirects: Redirect[];
  /** Variables set by something else than a simple command: `for`, `select`, `${x:=y}`. */
  readonly assignments: Assignment[];
  readonly arithmetic: ArithmeticUse[];
  readonly functions: Set<string>;
  /** `[[ ... ]]` conditions as they are written. */
  readonly conditions: string[];
  /** Why something may run that the text does not tell. */
  readonly doubts: Set<string>;
}

export function emptyScript(text: string): ShellScript {
  return {
    text,
    commands: [],
    redirects: [],
    assignments: [],
    arithmetic: [],
    functions: new Set(),
    conditions: [],
    doubts: new Set(),
  };
}
