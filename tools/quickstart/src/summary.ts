import type { DoorName } from './stack/doors.ts';
import { AGENT, PEOPLE } from './stack/people.ts';
import type { Ports } from './stack/ports.ts';
import { SAMPLE_DATABASES } from './stack/target-postgres.ts';
import { SSH_TARGET } from './stack/target-ssh.ts';
import { tokenFile } from './stack/token-keeper.ts';
import type { StateFolder } from './state/state-folder.ts';

/** What `--json` prints: all that a script needs to use the stack. */
export interface Summary {
  /** "host:port" for doors, URLs for what speaks HTTP. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** By name, the agent too. The file always has a token that is valid for some minutes. */
  readonly people: Readonly<
    Record<string, { readonly groups: readonly string[]; readonly tokenFile: string }>
  >;
  readonly targets: readonly { readonly name: string; readonly protocol: string }[];
  readonly stateDir: string;
}

/** Where the stack is: an Instance, or what a stack was started with. */
export interface Layout {
  readonly ports: Ports;
  readonly doors: readonly DoorName[];
}

export function summarise(state: StateFolder, { ports, doors }: Layout): Summary {
  const hasSsh = doors.includes('ssh');
  const everybody = [...PEOPLE, { name: AGENT.clientId, groups: AGENT.groups }];
  return {
    endpoints: {
      postgres: `127.0.0.1:${ports.postgres}`,
      controlPlane: `http://127.0.0.1:${ports.admin}`,
      dataPlane: `127.0.0.1:${ports.dataPlane}`,
      identityProvider: `http://127.0.0.1:${ports.identityProvider}`,
      nats: `127.0.0.1:${ports.nats}`,
      targetPostgres: `127.0.0.1:${ports.targetPostgres}`,
      controlPlaneOps: `http://127.0.0.1:${ports.controlPlaneOps}`,
      proxyPostgresOps: `http://127.0.0.1:${ports.proxyPostgresOps}`,
      recorderOps: `http://127.0.0.1:${ports.recorderOps}`,
      ...(hasSsh
        ? {
            ssh: `127.0.0.1:${ports.ssh}`,
            targetSsh: `127.0.0.1:${ports.targetSsh}`,
            proxySshOps: `http://127.0.0.1:${ports.proxySshOps}`,
          }
        : {}),
    },
    people: Object.fromEntries(
      everybody.map(({ name, groups }) => [name, { groups, tokenFile: tokenFile(state, name) }]),
    ),
    targets: [
      ...SAMPLE_DATABASES.map(({ name }) => ({ name, protocol: 'postgres' })),
      ...(hasSsh ? [{ name: SSH_TARGET, protocol: 'ssh' }] : []),
    ],
    stateDir: state.path,
  };
}
