import type { ShellEffect } from './effect.ts';

/**
 * Which shell will read the text.
 *
 * - `any`: one of sh, dash, ash, bash, ksh, mksh and zsh; not known which. What they read differently counts in all
 *   its meanings, or as `ssh.unknown`.
 * - `bash`, `zsh`: known to be that one. `posix`: one of those without zsh.
 * - `other`: not of this family (fish, csh, PowerShell) or not known at all: only words of plain characters are
 *   trusted to mean the same, anything else is `ssh.unknown` too.
 */
export type ShellDialect = 'any' | 'bash' | 'posix' | 'zsh' | 'other';

export interface ShellOptions {
  /** Default `any`. */
  readonly dialect?: ShellDialect;
  /** True for a line typed into an interactive shell: history expansion, comments and aliases differ. Default false. */
  readonly interactive?: boolean;
  /**
   * Whether what runs has a terminal, on which git, systemctl and others start a pager that people can run commands
   * from. Default true: say false for an exec without a pty.
   */
  readonly hasTerminal?: boolean;
}

/** One command that would run, also those inside others (`sudo`, `sh -c`, `find -exec`), in the order they are met. */
export interface ShellCommand {
  /** Words as the program would get them; a word that is not constant is given as it is written (`$HOME/x`, `*.log`). */
  readonly argv: readonly string[];
  /** The name of the `ssh.exec` object: secrets replaced, words quoted only where needed. */
  readonly canonical: string;
  /** True where every word is known. */
  readonly isConstant: boolean;
  readonly readOnly: boolean;
}

/** Why a text could not be inspected. Closed; nothing of it may run. */
export type ShellFailure = 'syntax' | 'too-large' | 'too-complex' | 'not-utf8' | 'control-character';

export type ShellInspection =
  | {
      readonly ok: true;
      /** At least one for every text but an empty one (nothing but space and comments). */
      readonly effects: readonly ShellEffect[];
      readonly commands: readonly ShellCommand[];
      /** Why `ssh.unknown` is among the effects, for people; no secrets. Empty exactly where it is not. */
      readonly unknowns: readonly string[];
      /** True where every effect is known to change nothing. */
      readonly readOnly: boolean;
      /** The text with the secrets it carries replaced by `***`. */
      readonly redactedText: string;
    }
  | {
      readonly ok: false;
      readonly reason: ShellFailure;
      /** For people; holds nothing of the text. */
      readonly message: string;
      readonly redactedText: string;
    };
