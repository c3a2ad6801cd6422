import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { StateFolder } from '../state/state-folder.ts';
import { certificateFiles } from './certificates.ts';
import { joinTokenFile } from './control-plane.ts';
import { natsUrl } from './nats.ts';
import { startNodeService } from './node-service.ts';
import type { Ports } from './ports.ts';
import type { Running } from './supervisor.ts';

/** The PostgreSQL door. */
export function startProxyPostgres(state: StateFolder, ports: Ports): Promise<Running> {
  const config = state.file('config', 'proxy-postgres.yaml');
  writeFileSync(config, stringify(configOf(state, ports)), { mode: 0o600 });
  return startNodeService(state, {
    name: 'proxy-postgres',
    script: 'apps/proxy-postgres/src/main.ts',
    args: ['--config', config],
    readyUrl: `http://127.0.0.1:${ports.proxyPostgresOps}/readyz`,
  });
}

function configOf(state: StateFolder, ports: Ports) {
  return {
    componentId: 'proxy-postgres-0',
    listen: { host: '127.0.0.1', port: ports.postgres },
    // psql asks for TLS by itself and then has it; without, only clients of this machine are taken.
    tls: certificateFiles(state, 'proxy-postgres'),
    controlPlane: {
      address: `127.0.0.1:${ports.dataPlane}`,
      joinTokenFile: joinTokenFile(state, 'proxy-postgres'),
      stateDirectory: state.directory('proxy-postgres'),
    },
    nats: { servers: [natsUrl(ports)], tokenFile: state.secretFile('nats-token') },
    spool: { directory: state.directory('spool') },
    masking: { keyFile: state.secretFile('masking-key') },
    ops: { host: '127.0.0.1', port: ports.proxyPostgresOps },
  };
}
