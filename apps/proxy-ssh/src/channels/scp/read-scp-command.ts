import { parseScpCommand, type ScpCommand } from '@sallyport/codec-ssh';
import { inspectShell } from '@sallyport/shell-inspect';

/** A command that is a copy and nothing else. */
export interface ScpStart {
  readonly scp: ScpCommand;
  /** The same command written anew: what was read is what runs. */
  readonly command: Buffer;
}

/**
 * Whether a command does nothing but start the far end of a legacy copy, with
 * paths that are constant; null: it is decided on as a command.
 */
export function readScpCommand(command: Buffer): ScpStart | null {
  const inspection = inspectShell(command, { hasTerminal: false });
  if (!inspection.ok || inspection.effects.length !== 1 || inspection.unknowns.length > 0) return null;
  const [only, ...others] = inspection.commands;
  // A program of that name elsewhere than in the system's folders may be anything.
  if (only?.isConstant !== true || others.length > 0 || only.argv[0] !== 'scp') return null;
  const scp = parseScpCommand(only.argv);
  if (scp === null) return null;
  return { scp, command: Buffer.from(only.argv.map(quoted).join(' ')) };
}

function quoted(word: string): string {
  return /^[A-Za-z0-9_./:@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
