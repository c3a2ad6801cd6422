import { AWK_RULES } from './awk.ts';
import { BUILTIN_RULES } from './builtins.ts';
import { DATA_RULES, READ_ONLY_OPTIONS } from './data-programs.ts';
import { ENVIRONMENT_RULES } from './environment-programs.ts';
import { GIT_RULES } from './git.ts';
import type { ProgramRule } from './invocation.ts';
import { OPAQUE_RULES } from './opaque-programs.ts';
import { OPTION_RULES } from './option-programs.ts';
import { REMOTE_RULES } from './remote-programs.ts';
import { RUNNER_RULES } from './runners.ts';
import { SED_RULES } from './sed.ts';
import { SHELL_RULES } from './shells.ts';
import { WRAPPER_RULES } from './wrappers.ts';

/** Everything that is known of programs, by kind. The later of two rules for one name holds. */
const RULES: ReadonlyMap<string, ProgramRule> = new Map([
  ...DATA_RULES,
  ...OPTION_RULES,
  ...OPAQUE_RULES,
  ...WRAPPER_RULES,
  ...ENVIRONMENT_RULES,
  ...BUILTIN_RULES,
  ...SHELL_RULES,
  ...RUNNER_RULES,
  ...REMOTE_RULES,
  ...GIT_RULES,
  ...SED_RULES,
  ...AWK_RULES,
]);

/** A program of which nothing is known is what its name says: its words must be told. */
const NOTHING: ProgramRule = {};

export function ruleOf(kind: string): ProgramRule {
  return RULES.get(kind) ?? NOTHING;
}

export function isKnownProgram(kind: string): boolean {
  return RULES.has(kind);
}

/** Whether a program runs something beside itself, at least with some words. */
export function isOpened(kind: string): boolean {
  return RULES.get(kind)?.open !== undefined;
}

/** Whether a program changes nothing with these words, as far as is known. */
export function isReadOnlyCall(
  kind: string,
  args: readonly Parameters<NonNullable<ProgramRule['isReadOnly']>>[0][number][],
): boolean {
  const isReadOnly = ruleOf(kind).isReadOnly ?? READ_ONLY_OPTIONS.get(kind);
  return isReadOnly?.(args) === true;
}
