import { describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo } from 'node:net';
import { chooseFreePorts, requireFree, USUAL_PORTS } from './ports.ts';

describe('ports', () => {
  it('are all different, the usual and the free ones', async () => {
    for (const ports of [USUAL_PORTS, await chooseFreePorts()]) {
      expect(new Set(Object.values(ports)).size).toBe(Object.keys(USUAL_PORTS).length);
    }
  });

  it('that are taken are all named in one line that says what to do', async () => {
    const servers = [createServer(), createServer()];
    const taken = await Promise.all(
      servers.map(
        (server) =>
          new Promise<number>((resolve) =>
            server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
          ),
      ),
    );
    const [postgres = 0, nats = 0] = taken;
    const free = await chooseFreePorts();
    await expect(requireFree({ ...free, postgres })).rejects.toThrow(
      `port ${postgres} is in use by another program; stop it, or run ./quickstart --free-ports`,
    );
    await expect(requireFree({ ...free, postgres, nats })).rejects.toThrow(
      new RegExp(`ports ${postgres}, ${nats} are in use`),
    );
    await expect(requireFree(free)).resolves.toBeUndefined();
    for (const server of servers) server.close();
  });
});
