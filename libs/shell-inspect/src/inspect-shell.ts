import type { ShellInspection, ShellOptions } from './model/inspection.ts';

/** What a shell program would do. Never throws; what cannot be read is `ok: false` and must not run. */
export function inspectShell(_text: string | Uint8Array, _options: ShellOptions = {}): ShellInspection {
  return { ok: false, reason: 'syntax', message: 'the text could not be read', redactedText: '' };
}
