/** PostgreSQL: pgbench's select-only script and bulk reads, through each subject in turns. */
import type { Figure } from '../figures.ts';
import type { BenchContext } from '../main.ts';
import { SUBJECTS, type AbsentSubject, type Subject, type SubjectName } from '../subject.ts';
import { bulkFigures, measureBulk, type BulkCase } from './bulk-case.ts';
import { startDatabase } from './database.ts';
import { measureSelects, SELECT_CASES, selectFigures, type SelectCase } from './select-case.ts';
import { direct } from './subjects/direct.ts';
import { startPgbouncer } from './subjects/pgbouncer.ts';
import { startPipe } from './subjects/pipe.ts';
import { startSallyport } from './subjects/sallyport.ts';

/** How long and how often each thing is measured, and what is left out. */
export interface Effort {
  readonly rounds: number;
  /** What one run of the fastest subject takes, about: of one client, and of many. */
  readonly secondsPerRun: { readonly one: number; readonly many: number };
  readonly selects: readonly SelectCase[];
  readonly bulks: readonly BulkCase[];
}

const EFFORT = {
  quick: {
    rounds: 3,
    secondsPerRun: { one: 0.3, many: 0.8 },
    selects: SELECT_CASES.filter(({ mode }) => mode === 'simple'),
    bulks: ['bulk'],
  },
  full: {
    rounds: 7,
    secondsPerRun: { one: 2, many: 4 },
    selects: SELECT_CASES,
    bulks: ['bulk', 'bulk_masked'],
  },
} as const satisfies Record<string, Effort>;

export async function benchPostgres({ options, say, signal }: BenchContext): Promise<readonly Figure[]> {
  const effort: Effort = options.quick ? EFFORT.quick : EFFORT.full;
  await using resources = new AsyncDisposableStack();
  say('starting PostgreSQL 18 with the tables of pgbench');
  const server = resources.use(await startDatabase(options.quick));
  const starters: Readonly<Record<SubjectName, () => Promise<Subject | AbsentSubject>>> = {
    direct: () => Promise.resolve(direct(server)),
    pipe: () => startPipe(server),
    pgbouncer: () => startPgbouncer(server),
    sallyport: () => startSallyport(server),
  };
  const subjects: Subject[] = [];
  for (const name of SUBJECTS) {
    if (name !== 'direct' && options.subjects.length > 0 && !options.subjects.includes(name)) continue;
    signal.throwIfAborted();
    say(`starting ${name}`);
    const subject = await starters[name]();
    if ('absent' in subject) say(`without ${name}: ${subject.absent}`);
    else subjects.push(resources.use(subject));
  }
  const figures: Figure[] = [];
  for (const load of effort.selects) {
    say(`measuring select-only ${load.mode}, ${load.clients} client(s)`);
    figures.push(...selectFigures(load, await measureSelects(subjects, load, effort, signal)));
  }
  for (const name of effort.bulks) {
    say(`measuring ${name}`);
    figures.push(...bulkFigures(name, await measureBulk(subjects, name, effort, signal)));
  }
  return figures;
}
