/** One thing that `./check` runs. Ordered: what fails fast and explains most comes first. */
export interface Step {
  readonly name: string;
  /** The part of `./check PART` it belongs to. */
  readonly part: string;
  readonly command: readonly string[];
  /** Where jest leaves its counts, below each project. Without it the step counts as one test. */
  readonly results?: 'dist/results-src.json' | 'dist/results-test.json';
}

const repo = (script: string, ...args: string[]): readonly string[] => [
  'node',
  `tools/repo/src/${script}.ts`,
  ...args,
];
const nx = (target: string, parallel: number, ...args: string[]): readonly string[] => [
  'nx',
  'run-many',
  '-t',
  target,
  `--parallel=${parallel}`,
  '--outputStyle=static',
  '--nxBail=false',
  ...args,
];

export const STEPS: readonly Step[] = [
  { name: 'format', part: 'format', command: ['prettier', '--check', '--log-level=warn', '.'] },
  { name: 'proto lint', part: 'generated', command: ['buf', 'lint'] },
  {
    name: 'proto breaking',
    part: 'generated',
    command: ['buf', 'breaking', '--against', 'proto/published.binpb'],
  },
  { name: 'generated code', part: 'generated', command: repo('generate', '--check') },
  {
    name: 'database schema',
    part: 'generated',
    command: ['node', 'apps/control-plane/scripts/database.ts', 'check'],
  },
  { name: 'types', part: 'types', command: ['tsc', '-b'] },
  { name: 'lint', part: 'lint', command: nx('lint', 2) },
  { name: 'boundaries', part: 'boundaries', command: repo('boundary-canary') },
  { name: 'dead code', part: 'dead-code', command: ['knip', '--no-progress'] },
  { name: 'unit', part: 'unit', command: nx('unit', 2), results: 'dist/results-src.json' },
  {
    name: 'integration',
    part: 'integration',
    command: nx('integration', 1, '--exclude=@sallyport/e2e'),
    results: 'dist/results-test.json',
  },
  {
    name: 'e2e',
    part: 'e2e',
    command: ['nx', 'run', '@sallyport/e2e:integration', '--outputStyle=static'],
    results: 'dist/results-test.json',
  },
];

export const PARTS: readonly string[] = [...new Set(STEPS.map((step) => step.part))];
