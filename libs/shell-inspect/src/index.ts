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
