import type { ShellFailure } from '../model/inspection.ts';

/** The text is not read any further: what it means cannot be told for sure. Never leaves this library. */
export class ShellSyntaxError extends Error {
  readonly reason: ShellFailure;

  constructor(message: string, reason: ShellFailure = 'syntax') {
    super(message);
    this.name = 'ShellSyntaxError';
    this.reason = reason;
  }
}

/** Stops the reading. The message must hold nothing of the text. */
export function fail(message: string, reason: ShellFailure = 'syntax'): never {
  throw new ShellSyntaxError(message, reason);
}
