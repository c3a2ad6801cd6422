import { fileURLToPath } from 'node:url';
import type { StateFolder } from '../state/state-folder.ts';
import { startNodeService } from './node-service.ts';
import type { Ports } from './ports.ts';
import type { Running } from './supervisor.ts';

/** The OpenID provider, as a process of its own. */
export function startIdentityProvider(state: StateFolder, ports: Ports): Promise<Running> {
  return startNodeService(state, {
    name: 'identity-provider',
    script: fileURLToPath(new URL('../identity-provider-main.ts', import.meta.url)),
    args: [
      `${ports.identityProvider}`,
      state.file('identity-provider', 'key.json'),
      state.secretFile('shop-agent-client'),
    ],
    readyUrl: `${issuerUrl(ports)}/.well-known/openid-configuration`,
  });
}

export function issuerUrl(ports: Ports): string {
  return `http://127.0.0.1:${ports.identityProvider}`;
}
