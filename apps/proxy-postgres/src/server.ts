import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AccessError } from '@sallyport/errors';
import { ConnectionGate } from '@sallyport/proxy-kit';
import { Session } from './session.ts';
import type { SessionServices } from './session-services.ts';
import { encodeRefusal } from './wire-errors.ts';

/** How often draining looks whether sessions came to a point where they can end. */
const DRAIN_CHECK_MS = 50;
const KEEP_ALIVE_MS = 30_000;

/** The door: takes connections, one session each. */
export class ProxyServer {
  readonly #services: SessionServices;
  readonly #gate: ConnectionGate;
  readonly #server: Server;
  readonly #sessions = new Map<Session, Promise<void>>();

  constructor(services: SessionServices) {
    this.#services = services;
    this.#gate = new ConnectionGate(services.config.limits);
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
    const place = this.#gate.enter(socket.remoteAddress ?? '');
    if (place instanceof AccessError) {
      metrics.refused(place.code, 'accepting');
      socket.on('error', () => undefined);
      socket.end(encodeRefusal(place, 'FATAL'));
      socket.destroySoon();
      return;
    }
    metrics.sessionOpened();
    const session = new Session(socket, this.#services);
    const running = session
      .run()
      .catch((error: unknown) => {
        logger.error('session ended with a defect', { error });
        socket.destroy();
      })
      .finally(() => {
        this.#sessions.delete(session);
        place.release();
        metrics.sessionClosed();
      });
    this.#sessions.set(session, running);
  }
}

function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

function isTcp(address: AddressInfo | string | null): address is AddressInfo {
  return typeof address === 'object' && address !== null;
}
