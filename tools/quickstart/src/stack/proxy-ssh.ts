import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { StateFolder } from '../state/state-folder.ts';
import { joinTokenFile } from './control-plane.ts';
import { natsUrl } from './nats.ts';
import { startNodeService } from './node-service.ts';
import type { Ports } from './ports.ts';
import type { Running } from './supervisor.ts';

/** The SSH door. */
export function startProxySsh(state: StateFolder, ports: Ports): Promise<Running> {
  const config = state.file('config', 'proxy-ssh.yaml');
  writeFileSync(config, stringify(configOf(state, ports)), { mode: 0o600 });
  return startNodeService(state, {
    name: 'proxy-ssh',
    script: 'apps/proxy-ssh/src/main.ts',
    // As its README says: what bulk leaves behind is freed in scavenges, not in full collections.
    nodeArgs: ['--max-semi-space-size=1'],
    args: ['--config', config],
    readyUrl: `http://127.0.0.1:${ports.proxySshOps}/readyz`,
  });
}

function configOf(state: StateFolder, ports: Ports) {
  return {
    componentId: 'proxy-ssh-0',
    listen: { host: '127.0.0.1', port: ports.ssh },
    controlPlane: {
      address: `127.0.0.1:${ports.dataPlane}`,
      joinTokenFile: joinTokenFile(state, 'proxy-ssh'),
      stateDirectory: state.directory('proxy-ssh'),
    },
    nats: { servers: [natsUrl(ports)], tokenFile: state.secretFile('nats-token') },
    spool: { directory: state.directory('spool-ssh') },
    masking: { keyFile: state.secretFile('masking-key') },
    ops: { host: '127.0.0.1', port: ports.proxySshOps },
  };
}
