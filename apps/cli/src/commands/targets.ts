import type { Command } from 'commander';
import { addCommand } from '../command.ts';
import type { On } from '../invocation.ts';

export function addTargetCommands(program: Command, on: On): void {
  addCommand(program, 'targets', {
    summary: 'List what you can reach.',
    examples: [
      ['sallyport targets', 'list them'],
      ["sallyport targets --output json | jq -r '.targets[].target.name'", 'only their names'],
    ],
  }).action(on(async (invocation) => (await import('../access/list-targets.ts')).listTargets(invocation)));

  addCommand(program, 'psql <target> [arguments...]', {
    summary: 'Run psql on a target.',
    description:
      'Run psql on a target. Sets PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD and PGSSLMODE for it, so that the token is in no argument list, and ends as psql ends. Arguments for psql go behind "--". TARGET/DATABASE names another database of the target.',
    examples: [
      ['sallyport psql shop', 'interactively'],
      ["sallyport psql shop -- -c 'SELECT count(*) FROM orders'", 'one statement'],
      ['sallyport psql shop/archive -- --csv -f report.sql', 'a file, on another database'],
    ],
  }).action(on(async (invocation) => (await import('../access/run-psql.ts')).runPsql(invocation)));
}
