/** `npm run verify`: what to run before a push. Formats, then every check but the slow servers. */
import { spawnSync } from 'node:child_process';

const run = (...command: string[]): number => {
  const [program = '', ...args] = command;
  return spawnSync(program, args, { stdio: 'inherit' }).status ?? 1;
};

process.exitCode =
  run('prettier', '--write', '--log-level=warn', '.') ||
  run('./check', 'format', 'generated', 'types', 'lint', 'boundaries', 'dead-code', 'unit');
