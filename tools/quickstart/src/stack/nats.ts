import { startNats } from '@sallyport/testing';
import type { StateFolder } from '../state/state-folder.ts';
import { logTo } from './log-file.ts';
import type { Ports } from './ports.ts';
import type { Running } from './supervisor.ts';

/** nats-server with JetStream; what proxies record goes through here to the recorder. */
export async function startEventBus(state: StateFolder, ports: Ports): Promise<Running> {
  const server = await startNats({
    directory: state.directory('nats'),
    port: ports.nats,
    token: state.secret('nats-token'),
    onOutput: logTo(state, 'nats'),
  });
  return { pid: server.pid, exited: server.exited, stop: () => server.stop() };
}

export function natsUrl(ports: Ports): string {
  return `nats://127.0.0.1:${ports.nats}`;
}
