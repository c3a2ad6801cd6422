import { ACCESS_ERROR_CODES } from '@sallyport/errors';
import type { Database } from '../database/database.ts';
import type { OrderStream } from './order-stream.ts';
import { SESSION_STATES } from './session-record.ts';

/**
 * Brings the registry and a proxy that has just (re)connected to agree: sessions of an
 * earlier process of it are lost; those that it still has, and that were taken for lost
 * and not yet sealed, are open again; those that it has and the registry has not, end.
 */
export async function reclaimSessions({ prisma }: Database, stream: OrderStream, now: Date): Promise<void> {
  const { proxyId, proxyInstance } = stream;
  const claimed = [...stream.claimed];
  // First, so that nobody takes for lost again what is claimed below.
  await prisma.component.updateMany({ where: { id: proxyId }, data: { lastSeenAt: now } });
  await prisma.session.updateMany({
    where: { proxyId, state: SESSION_STATES.open, proxyInstance: { not: proxyInstance } },
    data: { state: SESSION_STATES.lost, closedAt: now, closeReason: 'proxy_lost' },
  });
  const where = { id: { in: claimed }, proxyId };
  await prisma.session.updateMany({
    where: { ...where, proxyInstance, state: SESSION_STATES.lost, sealState: 0 },
    data: { state: SESSION_STATES.open, closedAt: null, closeReason: '' },
  });
  const rows = await prisma.session.findMany({ where, select: { id: true, state: true, closeReason: true } });
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const id of claimed) {
    const row = byId.get(id);
    if (row?.state === SESSION_STATES.open) continue;
    const code = ACCESS_ERROR_CODES.find((known) => known === row?.closeReason) ?? 'session_ended_by_admin';
    stream.end(id, code, 'The control plane no longer has this session open.');
  }
}
