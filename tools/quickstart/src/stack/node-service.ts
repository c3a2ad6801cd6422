import { startServerProcess } from '@sallyport/testing';
import { resolve } from 'node:path';
import { ROOT } from '../checkout.ts';
import type { StateFolder } from '../state/state-folder.ts';
import { logTo } from './log-file.ts';
import type { Running } from './supervisor.ts';

export interface NodeService {
  readonly name: string;
  /** Below the checkout, or an absolute path. */
  readonly script: string;
  readonly args: readonly string[];
  /** Options of Node itself. */
  readonly nodeArgs?: readonly string[];
  /** Answers 200 once the service can do its work. */
  readonly readyUrl: string;
}

const NODE_ARGS = ['--disable-warning=ExperimentalWarning'];
const READY_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 15_000;

/** Runs a TypeScript program of this checkout and waits until it says that it is ready. */
export async function startNodeService(state: StateFolder, service: NodeService): Promise<Running> {
  const child = await startServerProcess({
    command: process.execPath,
    args: [...NODE_ARGS, ...(service.nodeArgs ?? []), resolve(ROOT, service.script), ...service.args],
    cwd: state.path,
    env: cleanEnvironment(),
    onOutput: logTo(state, service.name),
  });
  try {
    await child.ready(`${service.name} is ready`, () => answers(service.readyUrl), READY_TIMEOUT_MS);
  } catch (error) {
    await child.stop('SIGKILL');
    throw error;
  }
  return { pid: child.pid, exited: child.exited, stop: () => child.stop('SIGTERM', STOP_TIMEOUT_MS) };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  return response.ok;
}

/** Without what would override the generated configuration, or point at somebody's own database. */
function cleanEnvironment(): Record<string, string | undefined> {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(SALLYPORT_|PG|DATABASE_URL$|NODE_OPTIONS$)/.test(name),
  );
  return Object.fromEntries(entries);
}
