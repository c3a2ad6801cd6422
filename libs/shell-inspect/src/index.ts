export {
  SHELL_ACTIONS,
  type ShellAction,
  type ShellEffect,
  type ShellObject,
  type ShellObjectKind,
} from './model/effect.ts';
export type {
  ShellCommand,
  ShellDialect,
  ShellFailure,
  ShellInspection,
  ShellOptions,
} from './model/inspection.ts';
export { inspectShell } from './inspect-shell.ts';
export { MAX_SHELL_BYTES } from './syntax/parse-shell.ts';
export { redactShellText } from './redact/redact-text.ts';
export { quoteWord } from './words/quote-word.ts';
export { isHarmlessVariable, isSensitiveVariable } from './inspect/sensitive-variables.ts';
