import { readRevisions, type ChangeRevisions } from '../changes/change-topics.ts';
import { Steadiness } from '../changes/steadiness.ts';
import type { Database } from '../database/database.ts';
import type { ControlPlaneMetrics } from '../metrics.ts';
import type { ResourceStore } from '../resources/resource-store.ts';
import { judgeSession, readSessionFacts } from './judge-session.ts';
import type { OrderStream } from './order-stream.ts';
import { reclaimSessions } from './reclaim-sessions.ts';
import { SESSION_STATES, toSessionRecord, type SessionRecord } from './session-record.ts';

export interface SessionWatcherOptions {
  readonly database: Database;
  readonly resources: ResourceStore;
  readonly now: () => Date;
  readonly metrics: Pick<ControlPlaneMetrics, 'proxiesConnected'>;
  /** A proxy not seen for so long has lost its sessions. */
  readonly lostAfterMs: number;
}

const TICK_MS = 1_000;

/**
 * Brings what changes to the proxies whose streams end in this replica. `watch` is one
 * round: read the counts, judge sessions anew where they moved or time has passed, send
 * orders, and only then tick. A round that fails sends no tick, and views become stale.
 */
export class SessionWatcher {
  readonly #options: SessionWatcherOptions;
  readonly #streams = new Map<string, OrderStream>();
  #judgedAt: ChangeRevisions | undefined;
  readonly #steadiness = new Steadiness();
  #lastTickMs: number | undefined;

  constructor(options: SessionWatcherOptions) {
    this.#options = options;
  }

  /**
   * A proxy keeps exactly one stream: an earlier one of the same proxy ends. Gives whether
   * that was still open, and of another process.
   */
  add(stream: OrderStream): boolean {
    const earlier = this.#streams.get(stream.proxyId);
    const tookOver =
      earlier !== undefined && !earlier.closed && earlier.proxyInstance !== stream.proxyInstance;
    earlier?.close();
    this.#streams.set(stream.proxyId, stream);
    return tookOver;
  }

  remove(stream: OrderStream): void {
    stream.close();
    if (this.#streams.get(stream.proxyId) === stream) this.#streams.delete(stream.proxyId);
  }

  closeAll(): void {
    for (const stream of this.#streams.values()) stream.close();
    this.#streams.clear();
  }

  /** For how long rounds have succeeded regularly. */
  steadyForMs(nowMs: number): number {
    return this.#steadiness.steadyForMs(nowMs);
  }

  async watch(): Promise<void> {
    const { database, now } = this.#options;
    this.#closeIfLate(now().getTime());
    const streams = [...this.#streams.values()].filter((stream) => !stream.closed);
    this.#options.metrics.proxiesConnected(streams.length);
    const at = now();
    const revisions = await readRevisions(database.prisma);
    if (streams.length > 0) await this.#judge(streams, revisions, at);
    else this.#lastTickMs = undefined;
    this.#steadiness.beat(now().getTime());
  }

  async #judge(streams: readonly OrderStream[], revisions: ChangeRevisions, at: Date): Promise<void> {
    const { database, resources } = this.#options;
    const fresh = streams.filter((stream) => !stream.synchronized);
    for (const stream of fresh) await reclaimSessions(database, stream, at);
    const judged = this.#hasMoved(revisions) ? streams : fresh;
    const sessions = await this.#readSessions(streams, judged, at);
    if (sessions.length > 0) {
      const snapshot = await resources.at(revisions.resources);
      const facts = await readSessionFacts(database.prisma, snapshot, sessions, at);
      const byProxy = new Map(streams.map((stream) => [stream.proxyId, stream]));
      for (const session of sessions)
        byProxy.get(session.proxyId)?.tell(session, judgeSession(session, facts));
    }
    for (const stream of judged) {
      const open = sessions.filter(({ proxyId }) => proxyId === stream.proxyId);
      stream.keepOnly(new Set(open.map(({ id }) => id)));
      stream.markSynchronized();
    }
    this.#judgedAt = revisions;
    await this.#tick(streams, at);
  }

  #hasMoved({ resources, access }: ChangeRevisions): boolean {
    return this.#judgedAt?.resources !== resources || this.#judgedAt.access !== access;
  }

  /** Every open session of the proxies to be judged, and those of the others that have just expired. */
  async #readSessions(
    streams: readonly OrderStream[],
    judged: readonly OrderStream[],
    at: Date,
  ): Promise<readonly SessionRecord[]> {
    const ids = (of: readonly OrderStream[]) => ({ in: of.map(({ proxyId }) => proxyId) });
    const rows = await this.#options.database.prisma.session.findMany({
      where: {
        state: SESSION_STATES.open,
        OR: [{ proxyId: ids(judged) }, { proxyId: ids(streams), expiresAt: { lte: at } }],
      },
    });
    return rows.map(toSessionRecord);
  }

  async #tick(streams: readonly OrderStream[], at: Date): Promise<void> {
    const recent = this.#lastTickMs !== undefined && at.getTime() - this.#lastTickMs < TICK_MS;
    if (recent && streams.every(({ ticked }) => ticked)) return;
    await this.#options.database.prisma.component.updateMany({
      where: { id: { in: streams.map(({ proxyId }) => proxyId) } },
      data: { lastSeenAt: at },
    });
    this.#lastTickMs = at.getTime();
    for (const stream of streams) stream.tick(at);
  }

  /**
   * Rounds that stopped for a while (the database was away) may have let sessions be taken
   * for lost whose proxies were here all along: have them come back and claim what they have.
   */
  #closeIfLate(nowMs: number): void {
    if (this.#lastTickMs === undefined || nowMs - this.#lastTickMs < this.#options.lostAfterMs / 2) return;
    this.#lastTickMs = undefined;
    this.closeAll();
  }
}
