import type { Command } from 'commander';
import { addCommand, collect } from '../command.ts';
import type { On } from '../invocation.ts';

export function addTokenCommand(program: Command, on: On): void {
  addCommand(program, 'token', {
    summary: 'Print a token, to use as a password or to hand on.',
    description:
      'Print a token, to use as a password or to hand on. With --target, --action or --ttl it is a new one for less; without, it is the stored one, renewed if it is about to end.',
    examples: [
      ['PGPASSWORD=$(sallyport token) psql -h 127.0.0.1 -p 15432 -d shop', 'as a password'],
      [
        'sallyport token --target shop --action sql.read --ttl 15m',
        'a token that reads one target for a quarter of an hour',
      ],
    ],
  })
    .option('--target <name>', 'only for this target; can be repeated', collect)
    .option(
      '--action <pattern>',
      'only for these actions, such as sql.read or "sql.*"; can be repeated',
      collect,
    )
    .option('--ttl <duration>', 'how long it lives, such as 15m')
    .action(on(async (invocation) => (await import('../login/print-token.ts')).printToken(invocation)));
}
