import type { IndexEntry, IndexStretch } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { Database, PrismaClient, Queries } from '../database/database.ts';
import { decodeEntries, encodeStretch } from './index-stretch.ts';

const MAX_STRETCHES = 2_000;

/**
 * Makes events searchable. Entries that are there already change nothing, so a recorder
 * may send them again, also cut into other stretches; the session's counts move with what
 * is new only. Stretches of sessions that are not registered are left out: there is nobody
 * to show them to.
 */
export async function indexEvents({ prisma }: Database, stretches: readonly IndexStretch[]): Promise<void> {
  const sessions = new Set(stretches.map(({ sessionId }) => sessionId));
  if (sessions.size < stretches.length || sessions.size > MAX_STRETCHES)
    throw new AccessError('protocol_violation', 'One stretch of a session at a time, and not too many.');
  for (const { firstSequence, lastSequence, text } of stretches)
    if (firstSequence < 1n || lastSequence < firstSequence || text.includes('\0'))
      throw new AccessError('protocol_violation', 'This is no stretch of a session.');
  if (sessions.size === 0) return;
  const added = new Set(await append(prisma, stretches));
  for (const stretch of stretches) if (!added.has(stretch.sessionId)) await addUnknown(prisma, stretch);
}

/**
 * Adds the stretches that begin behind all that is indexed of their session, which are all but
 * what is sent again; gives the sessions of those. One statement, because what a statement
 * costs here is what a stretch costs. Sessions are locked in one order, or nearly: where two
 * recorders at once do wait for each other, one of them is told to try again.
 */
async function append(queries: Queries, stretches: readonly IndexStretch[]): Promise<readonly string[]> {
  const sorted = stretches.toSorted((one, other) => (one.sessionId < other.sessionId ? -1 : 1));
  const column = <Name extends keyof IndexStretch>(name: Name): IndexStretch[Name][] =>
    sorted.map((stretch) => stretch[name]);
  const entries = sorted.map((stretch) => Buffer.from(stretch.entries).toString('base64'));
  const rows = await queries.$queryRaw<{ readonly id: string }[]>`
    WITH new AS (
      SELECT * FROM unnest(
        ${column('sessionId')}::text[], ${column('firstSequence')}::bigint[], ${column('lastSequence')}::bigint[],
        ${column('statements')}::int[], ${column('denied')}::int[], ${column('held')}::int[],
        ${column('text')}::text[], ${entries}::text[]
      ) AS new (id, first, last, statements, denied, held, text, entries)
    ), counted AS (
      UPDATE session SET
        statements = session.statements + new.statements,
        denied = session.denied + new.denied,
        held = session.held + new.held,
        indexed_through = new.last
      FROM new WHERE session.id = new.id AND session.indexed_through < new.first
      RETURNING session.id
    )
    INSERT INTO index_stretch (session_id, first_sequence, last_sequence, text, entries)
    SELECT id, first, last, text, decode(entries, 'base64') FROM new JOIN counted USING (id)
    RETURNING session_id AS id`;
  return rows.map(({ id }) => id);
}

/** Adds what is not indexed yet of a stretch that goes over what is, as one does that is sent again. */
async function addUnknown(prisma: PrismaClient, stretch: IndexStretch): Promise<void> {
  await prisma.$transaction(async (queries) => {
    const { sessionId } = stretch;
    const { length } = await queries.$queryRaw<unknown[]>`
      SELECT id FROM session WHERE id = ${sessionId} FOR NO KEY UPDATE`;
    const rest = length === 0 ? undefined : await withoutKnown(queries, stretch);
    if (rest === undefined) return;
    const { firstSequence, lastSequence, text, entries, statements, denied, held } = rest;
    await queries.indexStretch.create({
      data: { sessionId, firstSequence, lastSequence, text, entries: Uint8Array.from(entries) },
    });
    await queries.$executeRaw`
      UPDATE session SET statements = statements + ${statements}, denied = denied + ${denied}, held = held + ${held},
        indexed_through = greatest(indexed_through, ${lastSequence})
      WHERE id = ${sessionId}`;
  });
}

/** What of a stretch is not indexed yet; undefined if all of it is. */
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
