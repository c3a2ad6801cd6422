import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AccessError } from '@sallyport/errors';
import { ConnectionGate } from '@sallyport/proxy-kit';
import { Session } from './session.ts';
import type { SessionServices } from './session-services.ts';

/** How often draining looks whether sessions came to a point where they can end. */
const DRAIN_CHECK_MS = 50;
const KEEP_ALIVE_MS = 30_000;

/** The door: takes connections, one session each. */
export class ProxyServer {
  readonly #services: SessionServices;
  readonly #gate: ConnectionGate;
  /** Those that are not logged in have places of their own, so that nobody keeps the others out for nothing. */
  readonly #lobby: ConnectionGate;
  readonly #server: Server;
  readonly #sessions = new Map<Session, Promise<void>>();

  constructor(services: SessionServices) {
    this.#services = services;
    const { limits } = services.config;
    this.#gate = new ConnectionGate(limits);
    this.#lobby = new ConnectionGate({
      maxConnections: limits.maxUnauthenticated,
      maxConnectionsPerAddress: limits.maxUnauthenticatedPerAddress,
    });
    this.#server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS, allowHalfOpen: false },
      (socket) => {
        this.#open(socket);
      },
    );
  }

  get port(): number {
    const address = this.#server.address();
    return isTcp(address) ? address.port : 0;
  }

  get openSessions(): number {
    return this.#sessions.size;
  }

  listen(): Promise<void> {
    const { host, port } = this.#services.config.listen;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /** Takes no new connections, ends sessions as they come to rest, and all that are left when `deadline` aborts. */
  async stop(deadline: AbortSignal): Promise<void> {
    this.#server.close();
    while (this.#sessions.size > 0) {
      for (const session of this.#sessions.keys()) {
        if (deadline.aborted || session.isIdle) {
          session.life.end(new AccessError('shutting_down', 'This door is closing; connect again.'));
        }
      }
      const all = Promise.all(this.#sessions.values());
      if (deadline.aborted) await all;
      else await Promise.race([all, pause(DRAIN_CHECK_MS)]);
    }
  }

  #open(socket: Socket): void {
    const { metrics, logger } = this.#services;
    const address = socket.remoteAddress ?? '';
    const place = this.#gate.enter(address);
    const waiting = place instanceof AccessError ? place : this.#lobby.enter(address);
    if (place instanceof AccessError || waiting instanceof AccessError) {
      if (!(place instanceof AccessError)) place.release();
      metrics.refused('too_many_connections', 'accepting');
      refuse(socket);
      return;
    }
    metrics.sessionOpened();
    const session = new Session(socket, this.#services, () => {
      waiting.release();
    });
    const running = session
      .run()
      .catch((error: unknown) => {
        logger.error('session ended with a defect', { error });
        socket.destroy();
      })
      .finally(() => {
        this.#sessions.delete(session);
        waiting.release();
        place.release();
        metrics.sessionClosed();
      });
    this.#sessions.set(session, running);
  }
}

/** As OpenSSH does it: one line in place of the identification string, which clients show. */
function refuse(socket: Socket): void {
  socket.on('error', () => undefined);
  socket.end('Exceeded MaxStartups\r\n');
  socket.destroySoon();
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

function isTcp(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
