import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { On } from '../invocation.ts';

export function addVerifyCommand(program: Command, on: On): void {
  addCommand(program, 'verify <recording>', {
    summary: 'Prove that a recording is whole and unaltered.',
    description:
      'Prove that a recording is whole and unaltered. RECORDING is a file, verified offline with --key, or the id of a session. Every problem is named; it ends with 0 only if there is none. A session whose proxy was lost is "broken": unaltered, but without its end; that is 0 as well, unless --whole asks for more.',
    examples: [
      ['sallyport verify ses_19ab', 'with the key that the control plane gives'],
      ['sallyport verify ses_19ab.recording --key recording.key', 'offline, with a key that you kept'],
    ],
  })
    .option('--key <key>', 'trusted key: a file, hexadecimal or base64')
    .option('--whole', 'fail for a session whose proxy was lost, too')
    .action(on(async (invocation) => (await import('../sessions/verify-recording.ts')).verify(invocation)));
}
