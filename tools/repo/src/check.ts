/**
 * `./check [PART...]`: every check of this repository, in order. Goes on after
 * a failure, so that one run shows all of them. Its last line is
 * `N passed, N failed`; it exits 0 only if nothing failed and something ran.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { ensureServers } from './ensure-servers.ts';
import { clearResults, readResults, type Counts } from './jest-results.ts';
import { PARTS, STEPS, type Step } from './steps.ts';

const USAGE = `Usage: ./check [PART...]

Runs every check, or only the parts named:
  ${PARTS.join('  ')}

Examples:
  ./check                everything, as CI does
  ./check lint types     two parts
`;

async function run(command: readonly string[]): Promise<boolean> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: 'inherit', env: process.env });
  child.on('error', (error) => console.error(`check: cannot run ${program}: ${error.message}`));
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0;
}

async function runStep(step: Step): Promise<Counts> {
  console.log(`\n== ${step.name}: ${step.command.join(' ')}`);
  const startedMs = Date.now();
  if (step.results) await clearResults(step);
  const ok = await run(step.command);
  const counts = step.results ? await readResults(step, ok) : { passed: ok ? 1 : 0, failed: ok ? 0 : 1 };
  const seconds = ((Date.now() - startedMs) / 1000).toFixed(1);
  console.log(`== ${step.name}: ${ok ? 'ok' : 'FAILED'}, ${seconds} s`);
  return counts;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const unknown = args.filter((part) => !PARTS.includes(part));
  if (unknown.length > 0) {
    console.error(`check: no part named ${unknown.join(', ')}. Parts are: ${PARTS.join(', ')}.`);
    return 2;
  }
  const steps = STEPS.filter((step) => args.length === 0 || args.includes(step.part));
  if (steps.some((step) => step.results === 'dist/results-test.json')) await ensureServers();
  const total = { passed: 0, failed: 0 };
  const failedSteps: string[] = [];
  for (const step of steps) {
    const counts = await runStep(step);
    total.passed += counts.passed;
    total.failed += counts.failed;
    if (counts.failed > 0) failedSteps.push(step.name);
  }
  if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

process.exitCode = await main(process.argv.slice(2));
