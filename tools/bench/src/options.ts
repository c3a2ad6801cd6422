import { parseArgs } from 'node:util';
import { SUBJECTS, type SubjectName } from './subject.ts';

/** What can be measured; each has a folder here. */
export const PROTOCOLS = ['postgres', 'ssh'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export interface BenchOptions {
  readonly protocols: readonly Protocol[];
  /** Short runs, few rounds: within a minute, with more spread. */
  readonly quick: boolean;
  /** The last line of standard output is an object of figures. */
  readonly json: boolean;
  /** Only these of the subjects; empty: all. */
  readonly subjects: readonly SubjectName[];
  readonly help: boolean;
}

export const HELP = `Usage: npm run bench -- [postgres] [ssh] [options]

Measures what Sallyport costs: the same load straight at the server, through a dumb Node pipe, through
pgbouncer and through Sallyport with policy, masking and recording on, in turns within one run; SSH
straight at an OpenSSH server and through Sallyport.

  --quick            within a minute each: fewer cases, more spread
  --json             end with one line: an object of figures
  --subjects A,B     only these: direct, pipe, pgbouncer, sallyport
  --help             show this

Examples:
  npm run bench
  npm run bench -- postgres --quick --json | tail -1
  npm run bench -- ssh --quick
`;

/** @throws Error that says what is wrong with the command line */
export function parseOptions(argv: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      subjects: { type: 'string', default: '' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = positionals.find((name) => !isProtocol(name));
  if (unknown !== undefined)
    throw new Error(`there is no benchmark "${unknown}"; there are: ${PROTOCOLS.join(', ')}`);
  const chosen = positionals.filter(isProtocol);
  return {
    protocols: chosen.length === 0 ? PROTOCOLS : chosen,
    quick: values.quick,
    json: values.json,
    subjects: parseSubjects(values.subjects),
    help: values.help,
  };
}

function isProtocol(name: string): name is Protocol {
  return PROTOCOLS.some((protocol) => protocol === name);
}

function parseSubjects(list: string): SubjectName[] {
  const names = list.split(',').filter((name) => name !== '');
  return names.map((name) => {
    const subject = SUBJECTS.find((one) => one === name);
    if (subject === undefined)
      throw new Error(`there is no subject "${name}"; there are: ${SUBJECTS.join(', ')}`);
    return subject;
  });
}
