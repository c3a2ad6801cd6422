import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { On } from '../invocation.ts';

export function addLockCommands(program: Command, on: On): void {
  addCommand(program, 'lock', {
    summary: 'End and refuse sessions of a principal, a group or a target at once.',
    description:
      'End and refuse sessions of a principal, a group or a target at once. Where several are given, all must match: --group contractors --target payroll locks contractors out of payroll.',
    examples: [
      ['sallyport lock --principal prn_51d0 --reason "token leaked"', 'one principal, until it is unlocked'],
      ['sallyport lock --target payroll --for 2h --reason "restore"', 'one target, for two hours'],
    ],
  })
    .option('--principal <id>', 'this principal, by id')
    .option('--group <name>', 'everybody of this group')
    .option('--target <name>', 'this target')
    .requiredOption('--reason <text>', 'for whoever is locked out, and for the record')
    .option('--for <duration>', 'how long; without, until it is unlocked')
    .action(on(async (invocation) => (await import('../access/create-lock.ts')).createLock(invocation)));

  addCommand(program, 'unlock <lock>', {
    summary: 'Lift a lock.',
    examples: [['sallyport unlock lck_0a4e', 'by the id that "sallyport locks" shows']],
  }).action(on(async (invocation) => (await import('../access/delete-lock.ts')).deleteLock(invocation)));

  addCommand(program, 'locks', {
    summary: 'List the locks in force.',
    examples: [['sallyport locks', 'list them']],
  }).action(on(async (invocation) => (await import('../access/list-locks.ts')).listLocks(invocation)));

  addCommand(program, 'join-token <kind>', {
    summary: 'Make a one-time token with which a proxy or recorder joins.',
    description:
      'Make a one-time token with which a proxy or recorder joins. KIND is proxy or recorder. Prints the token, and the fingerprint of the CA that its first connection must show.',
    examples: [['sallyport join-token proxy --ttl 15m', 'for one proxy']],
  })
    .option('--ttl <duration>', 'how long it can be used', '1h')
    .action(
      on(async (invocation) => (await import('../access/create-join-token.ts')).createJoinToken(invocation)),
    );
}
