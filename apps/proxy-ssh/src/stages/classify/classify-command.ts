import { decodeUtf8 } from '@sallyport/codec-ssh';
import type { Effect } from '@sallyport/policy-sdk';
import { inspectShell } from '@sallyport/shell-inspect';
import type { SessionSetup } from '../../channels/session-setup.ts';
import { setupContext, setupFields } from './setup-fields.ts';
import type { StatementAsk } from './statement-ask.ts';

/** An empty command does nothing that could be named. */
const NOTHING_KNOWN: readonly Effect[] = [{ action: 'ssh.unknown', objects: [], readOnly: false }];

/** What a command would do, as the target's shell reads it. Never throws. */
export function classifyCommand(command: Buffer, setup: SessionSetup, maxBytes: number): StatementAsk {
  const exactText = decodeUtf8(command) ?? command.toString('latin1');
  const common = { kind: 'ssh.exec', exactText, context: setupContext(setup) };
  const fields = setupFields(setup);
  if (command.length > maxBytes) {
    const message = `A command has at most ${maxBytes} bytes here.`;
    return { ...common, text: '', effects: [], fields, refusal: { code: 'statement_too_large', message } };
  }
  const inspection = inspectShell(command, { hasTerminal: setup.pty !== null });
  if (!inspection.ok) {
    const message = `The command cannot be read: ${inspection.message}.`;
    const refusal = { code: 'statement_not_understood', message } as const;
    return { ...common, text: inspection.redactedText, effects: NOTHING_KNOWN, fields, refusal };
  }
  const { commands, unknowns, effects } = inspection;
  return {
    ...common,
    text: inspection.redactedText,
    effects: effects.length === 0 ? NOTHING_KNOWN : effects,
    fields: {
      ...fields,
      commands: commands.map(({ canonical }) => canonical),
      argv: commands.map(({ argv }) => [...argv]),
      ...(unknowns.length === 0 ? {} : { unknowns: [...unknowns] }),
    },
  };
}
