import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { On } from '../invocation.ts';

export function addHoldCommands(program: Command, on: On): void {
  const holds = addCommand(program, 'holds', { summary: 'Statements that wait for a human.', examples: [] });

  addCommand(holds, 'list', {
    summary: 'List the statements that wait.',
    examples: [
      ['sallyport holds list', 'those that wait now'],
      ['sallyport holds list --watch', 'and each new one as it comes'],
      [
        "sallyport holds list --output json | jq -r '.holds[] | select(.reviewable) | .state.holdId'",
        'the ids of those that you may review',
      ],
    ],
  })
    .option('--all', 'settled ones too')
    .option('--watch', 'go on, and show each change; with --output json one line each')
    .option('--interval <duration>', 'how often --watch looks', '2s')
    .action(on(async (invocation) => (await import('../holds/list-holds.ts')).listHolds(invocation)));

  addCommand(holds, 'show <hold>', {
    summary: 'Show a held statement, who asks, and what it would touch.',
    examples: [['sallyport holds show hld_7c2f', 'before a review']],
  }).action(on(async (invocation) => (await import('../holds/show-hold.ts')).showHold(invocation)));

  addCommand(holds, 'approve <hold>', {
    summary: 'Let the statement run, once.',
    examples: [
      ['sallyport holds approve hld_7c2f --comment "agreed in INC-42"', 'with a reason for the record'],
    ],
  })
    .option('--comment <text>', 'goes into the recording', '')
    .action(on(async (invocation) => (await import('../holds/review-hold.ts')).approveHold(invocation)));

  addCommand(holds, 'reject <hold>', {
    summary: 'Refuse the statement.',
    examples: [
      [
        'sallyport holds reject hld_7c2f --comment "use the archive job"',
        'with a reason, which the caller sees',
      ],
    ],
  })
    .option('--comment <text>', 'goes to the caller and into the recording', '')
    .action(on(async (invocation) => (await import('../holds/review-hold.ts')).rejectHold(invocation)));
}
