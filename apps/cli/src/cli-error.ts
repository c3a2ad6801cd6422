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
  const message = field(error, 'message');
  if (message !== undefined && message !== '') return message;
  return systemCode(error) ?? String(error);
}

/** The `code` of a system error ("ENOENT"), or undefined. */
export function systemCode(error: unknown): string | undefined {
  return field(error, 'code');
}

/** What an error was thrown because of, or undefined. */
export function causeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, 'cause') : undefined;
}

function field(error: unknown, name: string): string | undefined {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : undefined;
}
