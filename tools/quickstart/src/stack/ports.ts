import { freePort } from '@sallyport/testing';
import { createServer } from 'node:net';
import { QuickstartError } from '../quickstart-error.ts';

/** Every TCP port of the stack; all on loopback. */
export interface Ports {
  readonly postgres: number;
  readonly ssh: number;
  readonly admin: number;
  readonly dataPlane: number;
  readonly identityProvider: number;
  readonly nats: number;
  readonly targetPostgres: number;
  readonly targetSsh: number;
  readonly controlPlaneOps: number;
  readonly proxyPostgresOps: number;
  readonly proxySshOps: number;
  readonly recorderOps: number;
}

/** The first three are what the documentation names; the rest are neighbours that are rarely taken. */
export const USUAL_PORTS: Ports = {
  postgres: 15432,
  ssh: 10022,
  admin: 8400,
  dataPlane: 8401,
  controlPlaneOps: 8402,
  proxyPostgresOps: 8403,
  recorderOps: 8404,
  proxySshOps: 8405,
  identityProvider: 8410,
  nats: 8411,
  targetPostgres: 8412,
  targetSsh: 8413,
};

const NAMES = Object.keys(USUAL_PORTS) as readonly (keyof Ports)[];

/** Ports that are free now. */
export async function chooseFreePorts(): Promise<Ports> {
  const chosen = new Set<number>();
  while (chosen.size < NAMES.length) chosen.add(await freePort());
  const numbers = [...chosen];
  return Object.fromEntries(NAMES.map((name, index) => [name, numbers[index]])) as unknown as Ports;
}

/** Throws one line that names every port that something else listens on. */
export async function requireFree(ports: Ports): Promise<void> {
  const busy = (
    await Promise.all(NAMES.map(async (name) => ((await isFree(ports[name])) ? [] : [ports[name]])))
  ).flat();
  if (busy.length === 0) return;
  const which = busy.length === 1 ? `port ${busy[0]} is` : `ports ${busy.join(', ')} are`;
  throw new QuickstartError(`${which} in use by another program; stop it, or run ./quickstart --free-ports`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
