import type { ExitName } from './exit-code.ts';

/** Why a command did not do what it was asked to, for people and for scripts. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exit: ExitName;
  /** The underlying reason, in somebody else's words. */
  readonly reason: string | undefined;
  /** What to do now. */
  readonly next: string | undefined;

  constructor(
    exit: ExitName,
    message: string,
    more: { readonly reason?: string; readonly next?: string } = {},
  ) {
    super(message);
    this.exit = exit;
    this.reason = more.reason;
    this.next = more.next;
  }
}

/** What went wrong, in words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  const code: unknown = Reflect.get(error, 'code');
  return typeof code === 'string' ? code : error.name;
}

/** The `code` of a system error ("ENOENT"), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}
