/**
 * `npm run generate`: makes libs/contracts/src/gen from proto/. With --check
 * it makes it in a folder aside and fails if what is committed differs.
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const COMMITTED = 'libs/contracts/src/gen';

function readTree(root: string): Map<string, string> {
  return new Map(
    globSync('**/*.ts', { cwd: root }).map((file) => [file, readFileSync(join(root, file), 'utf8')]),
  );
}

function differences(expected: Map<string, string>, actual: Map<string, string>): string[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  return [...names].filter((name) => expected.get(name) !== actual.get(name)).sort();
}

function check(): number {
  const aside = mkdtempSync(join(tmpdir(), 'sallyport-generate-'));
  try {
    execFileSync('buf', ['generate', '-o', aside], { stdio: 'inherit' });
    const stale = differences(readTree(join(aside, COMMITTED)), readTree(COMMITTED));
    for (const name of stale)
      console.error(`${COMMITTED}/${name} is not what proto/ gives. Run "npm run generate" and commit it.`);
    return stale.length === 0 ? 0 : 1;
  } finally {
    rmSync(aside, { recursive: true });
  }
}

if (process.argv.includes('--check')) {
  process.exitCode = check();
} else {
  execFileSync('buf', ['generate'], { stdio: 'inherit' });
}
