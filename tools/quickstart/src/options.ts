import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { QuickstartError } from './quickstart-error.ts';

/** What the command line asks for. */
export interface Options {
  readonly command: 'up' | 'stop' | 'status' | 'demo' | 'help';
  readonly stateDirectory: string;
  /** Leave it running and return. */
  readonly detach: boolean;
  /** Print one JSON object on standard output; everything else goes to standard error. */
  readonly json: boolean;
  /** Throw away what an earlier run left. */
  readonly fresh: boolean;
  /** Ports are free ones instead of the usual. */
  readonly freePorts: boolean;
  /** Parts of the tour; empty: all. */
  readonly parts: readonly string[];
}

export const HELP = `Usage: ./quickstart [options]

Starts Sallyport with a sample shop to try it on: an identity provider with three people and an agent,
PostgreSQL 18, a host with OpenSSH, NATS, the control plane, the proxies and the recorder. Stays in the
foreground; Ctrl-C ends all of it.

  --detach          leave it running and return
  --stop            end what --detach left running
  --status          say whether it runs, and show the endpoints
  --demo [PART]     run the tour (parts: postgres, ssh) and exit 0 only if every step showed what it must
  --json            print one JSON object with endpoints, people, targets and the state folder
  --fresh           throw away all state and start over
  --state DIR       keep state here (default: .sallyport in the checkout)
  --free-ports      use free ports instead of 15432, 10022, 8400...
  --help            show this

Examples:
  ./quickstart
  ./quickstart --demo postgres
  ./quickstart --detach --json | jq -r .endpoints.postgres
`;

const FLAGS = {
  detach: { type: 'boolean', default: false },
  stop: { type: 'boolean', default: false },
  status: { type: 'boolean', default: false },
  demo: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  fresh: { type: 'boolean', default: false },
  'free-ports': { type: 'boolean', default: false },
  state: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export interface Surroundings {
  /** The root of the checkout. */
  readonly root: string;
  /** Where the person stands; `--state` is meant from there. */
  readonly caller: string;
  /** The parts that the tour has. */
  readonly parts: readonly string[];
}

/** Reads the command line; throws a QuickstartError that says what is wrong with it. */
export function parseOptions(argv: readonly string[], { root, caller, parts }: Surroundings): Options {
  const { values, positionals } = parse(argv);
  const commands = (['help', 'stop', 'status', 'demo'] as const).filter((name) => values[name]);
  const [command = 'up', second] = commands;
  if (command !== 'help' && second !== undefined) {
    throw new QuickstartError(`--${command} and --${second} do not go together; see ./quickstart --help`);
  }
  if (command !== 'demo' && positionals.length > 0) {
    throw new QuickstartError(`unexpected argument "${positionals[0] ?? ''}"; see ./quickstart --help`);
  }
  const unknown = positionals.find((part) => !parts.includes(part));
  if (unknown !== undefined) {
    throw new QuickstartError(`the tour has no part "${unknown}"; it has: ${parts.join(', ')}`);
  }
  return {
    command,
    stateDirectory: values.state === undefined ? resolve(root, '.sallyport') : resolve(caller, values.state),
    detach: values.detach,
    json: values.json,
    fresh: values.fresh,
    freePorts: values['free-ports'],
    parts: positionals,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, allowPositionals: true });
  } catch (error) {
    const [message = ''] = messageOf(error).split('. ');
    throw new QuickstartError(`${message}; see ./quickstart --help`);
  }
}

function messageOf(error: unknown): string {
  const has = typeof error === 'object' && error !== null && 'message' in error;
  return has && typeof error.message === 'string' ? error.message : 'unknown argument';
}
