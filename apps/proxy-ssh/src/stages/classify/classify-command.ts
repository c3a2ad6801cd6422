import { decodeUtf8 } from '@sallyport/codec-ssh';
import { inspectShell } from '@sallyport/shell-inspect';
import type { SessionSetup } from '../../channels/session-setup.ts';
import { setupContext, setupFields } from './setup-fields.ts';
import type { StatementAsk } from './statement-ask.ts';

/** What a command would do, as the target's shell reads it. Never throws. */
export function classifyCommand(command: Buffer, setup: SessionSetup, maxBytes: number): StatementAsk {
  const exactText = decodeUtf8(command) ?? command.toString('latin1');
  const common = { kind: 'ssh.exec', exactText, context: setupContext(setup) };
  const fields = setupFields(setup);
  if (command.length > maxBytes) {
    return {
      ...common,
      text: '',
      effects: [],
      fields,
      refusal: { code: 'statement_too_large', message: `A command has at most ${maxBytes} bytes here.` },
    };
  }
  const inspection = inspectShell(command);
  if (!inspection.ok) {
    return { ...common, text: exactText, effects: [{ action: 'ssh.unknown', objects: [], readOnly: false }], fields };
  }
  const commands = inspection.commands.map(({ canonical }) => canonical);
  // Words may hold secrets, which only the canonical form is free of.
  const argv = inspection.redactedText === exactText ? { argv: inspection.commands.map(({ argv: words }) => [...words]) } : {};
  return {
    ...common,
    text: inspection.redactedText,
    effects: inspection.effects,
    fields: { ...fields, commands, ...argv, unknowns: [...inspection.unknowns] },
  };
}
