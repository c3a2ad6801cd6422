import type { Progress } from '../progress.ts';
import { QuickstartError } from '../quickstart-error.ts';
import { forgetInstance, startTimeOf, writeInstance } from '../state/instance.ts';
import type { StateFolder } from '../state/state-folder.ts';
import { makeCertificates } from './certificates.ts';
import { startControlPlane } from './control-plane.ts';
import type { DoorName } from './doors.ts';
import { startIdentityProvider } from './identity-provider.ts';
import { startEventBus } from './nats.ts';
import type { Ports } from './ports.ts';
import { startProxyPostgres } from './proxy-postgres.ts';
import { startProxySsh } from './proxy-ssh.ts';
import { startRecorder } from './recorder.ts';
import { Supervisor, type Running } from './supervisor.ts';
import { startTargetPostgres } from './target-postgres.ts';
import { startTargetSsh } from './target-ssh.ts';
import { keepTokens, type TokenKeeper } from './token-keeper.ts';

/** Everything running, until stopped. */
export interface Stack {
  stop(): Promise<void>;
}

interface Part {
  readonly name: string;
  readonly title: string;
  /** Only with this door; without, always. */
  readonly door?: DoorName;
  readonly start: (state: StateFolder, ports: Ports, doors: readonly DoorName[]) => Promise<Running>;
}

/** In the order of start; those in one group start together. */
const GROUPS: readonly [readonly Part[], readonly Part[]] = [
  [
    {
      name: 'identity-provider',
      title: 'identity provider with ada, dan, eve and an agent',
      start: startIdentityProvider,
    },
    { name: 'nats', title: 'NATS with JetStream', start: startEventBus },
    { name: 'postgres', title: 'PostgreSQL 18 with the sample shop', start: startTargetPostgres },
    { name: 'ssh-host', title: 'OpenSSH server as the host web', door: 'ssh', start: startTargetSsh },
    { name: 'control-plane', title: 'control plane', start: startControlPlane },
  ],
  [
    { name: 'recorder', title: 'recorder', start: startRecorder },
    { name: 'proxy-postgres', title: 'proxy for PostgreSQL', start: startProxyPostgres },
    { name: 'proxy-ssh', title: 'proxy for SSH', door: 'ssh', start: startProxySsh },
  ],
];

/** What the stack is made of. */
export interface StackPlan {
  readonly state: StateFolder;
  readonly ports: Ports;
  readonly doors: readonly DoorName[];
}

/** Starts all parts; when one fails, stops those that run and throws. */
export async function startStack(plan: StackPlan, progress: Progress): Promise<Stack> {
  const { state, ports, doors } = plan;
  const supervisorStarted = startTimeOf(process.pid) ?? '';
  let processes: Readonly<Record<string, number>> = {};
  let ready = false;
  const write = () =>
    writeInstance(state, { supervisorPid: process.pid, supervisorStarted, ports, doors, ready, processes });
  const supervisor = new Supervisor({
    logFile: state.file('logs', 'supervisor.log'),
    onChange: (now) => {
      processes = now;
      write();
    },
  });
  write();
  let tokens: TokenKeeper | undefined;
  const stop = async () => {
    tokens?.stop();
    await supervisor.stop();
    forgetInstance(state);
  };
  try {
    await makeCertificates(state);
    const [first, second] = GROUPS;
    await startTogether(first, supervisor, plan, progress);
    const everybody = progress.step('everybody logged in', () =>
      keepTokens(state, ports, (line) => {
        supervisor.log(line);
      }),
    );
    [tokens] = await allOrNone([everybody, startTogether(second, supervisor, plan, progress)]);
    ready = true;
    write();
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startTogether(
  parts: readonly Part[],
  supervisor: Supervisor,
  { state, ports, doors }: StackPlan,
  progress: Progress,
): Promise<void> {
  const present = parts.filter(({ door }) => door === undefined || doors.includes(door));
  await allOrNone(
    present.map(({ name, title, start }) =>
      progress.step(title, async () => {
        try {
          await supervisor.start(name, () => start(state, ports, doors));
        } catch (error) {
          throw new QuickstartError(
            `${title} did not start: ${reasonOf(error)} (${state.file('logs', `${name}.log`)})`,
          );
        }
      }),
    ),
  );
}

/** Waits for all to settle, so that nothing half-started is left behind, and then throws what one threw. */
async function allOrNone<const T extends readonly Promise<unknown>[]>(
  promises: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

/** The last thing that a program wrote, or the error's own first line. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : 'unknown reason';
  const lines = text.split('\n').filter((line) => /error|fail|cannot/i.test(line));
  return (lines.at(-1) ?? text.split('\n')[0] ?? '').slice(0, 300);
}
