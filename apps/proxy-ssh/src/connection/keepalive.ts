import type { ConnectionLayer } from './connection-layer.ts';

export interface KeepaliveOptions {
  /** 0: never asks. */
  readonly intervalMs: number;
  /** Unanswered questions after which the peer counts as gone. */
  readonly countMax: number;
  /** Counts what came from the peer, in any unit. */
  readonly received: () => number;
  readonly onGone: () => void;
}

const EMPTY = Buffer.alloc(0);

/** Asks a silent peer whether it is still there, as OpenSSH does (keepalive@openssh.com). */
export class Keepalive {
  readonly #timer: NodeJS.Timeout | null;

  constructor(layer: ConnectionLayer, { intervalMs, countMax, received, onGone }: KeepaliveOptions) {
    let seen = received();
    let unanswered = 0;
    const ask = () => {
      if (received() !== seen) {
        seen = received();
        unanswered = 0;
        return;
      }
      if (unanswered >= countMax) {
        onGone();
        return;
      }
      unanswered++;
      layer.sendGlobalRequest({ kind: 'keepalive@openssh.com', data: EMPTY }, () => undefined);
    };
    this.#timer = intervalMs > 0 ? setInterval(ask, intervalMs) : null;
    this.#timer?.unref();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }
}
