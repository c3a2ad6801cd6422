import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import type { StateFolder } from '../state/state-folder.ts';
import { joinTokenFile } from './control-plane.ts';
import { natsUrl } from './nats.ts';
import { startNodeService } from './node-service.ts';
import type { Ports } from './ports.ts';
import type { Running } from './supervisor.ts';

/** The recorder: JetStream to a directory of sealed recordings. */
export function startRecorder(state: StateFolder, ports: Ports): Promise<Running> {
  const config = state.file('config', 'recorder.yaml');
  writeFileSync(config, stringify(configOf(state, ports)), { mode: 0o600 });
  return startNodeService(state, {
    name: 'recorder',
    script: 'apps/recorder/src/main.ts',
    args: ['--config', config],
    readyUrl: `http://127.0.0.1:${ports.recorderOps}/readyz`,
  });
}

function configOf(state: StateFolder, ports: Ports) {
  return {
    componentId: 'recorder-0',
    controlPlane: {
      address: `127.0.0.1:${ports.dataPlane}`,
      joinTokenFile: joinTokenFile(state, 'recorder'),
      stateDirectory: state.directory('recorder'),
    },
    nats: { servers: [natsUrl(ports)], tokenFile: state.secretFile('nats-token') },
    recordings: { directory: state.directory('recordings') },
    lostSessionsPollMs: 1_000,
    ops: { host: '127.0.0.1', port: ports.recorderOps },
  };
}
