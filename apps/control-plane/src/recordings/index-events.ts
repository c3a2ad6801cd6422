import type { IndexEntry, IndexStretch } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { Database, Queries } from '../database/database.ts';
import { decodeEntries, encodeStretch } from './index-stretch.ts';

const MAX_STRETCHES = 2_000;

/**
 * Makes events searchable. Entries that are there already change nothing, so a recorder
 * may send them again, also cut into other stretches; the session's counts move with what
 * is new only. Stretches of sessions that are not registered are left out: there is nobody
 * to show them to.
 */
export async function indexEvents({ prisma }: Database, stretches: readonly IndexStretch[]): Promise<void> {
  const given = new Map(stretches.map((stretch) => [stretch.sessionId, stretch]));
  if (given.size < stretches.length || given.size > MAX_STRETCHES)
    throw new AccessError('protocol_violation', 'One stretch of a session at a time, and not too many.');
  for (const { firstSequence, lastSequence, text } of stretches)
    if (firstSequence < 1n || lastSequence < firstSequence || text.includes('\0'))
      throw new AccessError('protocol_violation', 'This is no stretch of a session.');
  if (given.size === 0) return;
  await prisma.$transaction(async (queries) => {
    const fresh: IndexStretch[] = [];
    for (const { id, through } of await lockSessions(queries, [...given.keys()])) {
      const stretch = given.get(id);
      if (stretch === undefined) continue;
      const wanted = stretch.firstSequence > through ? stretch : await withoutKnown(queries, stretch);
      if (wanted !== undefined) fresh.push(wanted);
    }
    if (fresh.length > 0) await insert(queries, fresh);
  });
}

/** In one order, so that two recorders at once do not wait for each other. */
function lockSessions(
  queries: Queries,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly through: bigint }[]> {
  return queries.$queryRaw`
    SELECT id, indexed_through AS through FROM session WHERE id = ANY(${ids}) ORDER BY id FOR NO KEY UPDATE`;
}

async function insert(queries: Queries, stretches: readonly IndexStretch[]): Promise<void> {
  await queries.indexStretch.createMany({
    data: stretches.map(({ sessionId, firstSequence, lastSequence, text, entries }) => ({
      sessionId,
      firstSequence,
      lastSequence,
      text,
      entries: Uint8Array.from(entries),
    })),
  });
  const column = <Name extends keyof IndexStretch>(name: Name): IndexStretch[Name][] =>
    stretches.map((stretch) => stretch[name]);
  await queries.$executeRaw`
    UPDATE session SET
      statements = session.statements + new.statements,
      denied = session.denied + new.denied,
      held = session.held + new.held,
      indexed_through = greatest(session.indexed_through, new.through)
    FROM unnest(
      ${column('sessionId')}::text[], ${column('lastSequence')}::bigint[],
      ${column('statements')}::int[], ${column('denied')}::int[], ${column('held')}::int[]
    ) AS new (id, through, statements, denied, held)
    WHERE session.id = new.id`;
}

/** What of a stretch is not indexed yet; undefined if all of it is. Only a recorder that repeats itself needs it. */
async function withoutKnown(queries: Queries, stretch: IndexStretch): Promise<IndexStretch | undefined> {
  const { sessionId, firstSequence, lastSequence } = stretch;
  const rows = await queries.indexStretch.findMany({
    where: { sessionId, firstSequence: { lte: lastSequence }, lastSequence: { gte: firstSequence } },
    select: { entries: true },
  });
  const known = new Set(
    rows.flatMap(({ entries }) => read(sessionId, entries)).map(({ sequence }) => sequence),
  );
  const entries = read(sessionId, stretch.entries).filter(({ sequence }) => !known.has(sequence));
  return entries.length === 0 ? undefined : encodeStretch(sessionId, entries);
}

function read(sessionId: string, packed: Uint8Array): readonly IndexEntry[] {
  try {
    return decodeEntries(sessionId, packed);
  } catch {
    throw new AccessError('protocol_violation', 'These entries cannot be read.');
  }
}
