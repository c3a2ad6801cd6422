/**
 * What a shell program would do, in the vocabulary of the design's section 4.
 * Structurally the same as policy-sdk's `Effect`, so it can be handed over as it is.
 */

/** Every action that a shell program can have. */
export const SHELL_ACTIONS = [
  /** A program runs. Object: kind `program`, the command as canonical words. */
  'ssh.exec',
  /** The shell opens a file to read (`< f`). Object: kind `path`. */
  'ssh.exec.read',
  /** The shell, or a program that is known to, writes or deletes at a path (`> f`, `dd of=f`, `find / -delete`). */
  'ssh.exec.write',
  /** A variable is set for what runs. Object: kind `variable`. */
  'ssh.env',
  /** A shell reads commands that are not in the text. No object. */
  'ssh.shell',
  /** Something runs, or may run, that the text does not tell. No object. */
  'ssh.unknown',
] as const;

export type ShellAction = (typeof SHELL_ACTIONS)[number];

export type ShellObjectKind = 'program' | 'path' | 'variable';

export interface ShellObject {
  readonly kind: ShellObjectKind;
  readonly name: string;
  /** None: there is nothing below a program, a path or a variable that a rule could name. */
  readonly parts: readonly [];
}

/** One action on objects. `readOnly` is true only where it is known to change nothing. */
export interface ShellEffect {
  readonly action: ShellAction;
  readonly objects: readonly ShellObject[];
  readonly readOnly: boolean;
}
