import { toBinary } from '@bufbuild/protobuf';
import { Outcome } from '@sallyport/contracts/access';
import { IndexEntrySchema, type IndexEntry } from '@sallyport/contracts/dataplane';
import { AccessError } from '@sallyport/errors';
import type { Database, Queries } from '../database/database.ts';

const MAX_ENTRIES = 5_000;

/**
 * Makes events searchable. Entries that are there already change nothing, so a recorder
 * may send them again; the session's counts move with what is new only. Entries of
 * sessions that are not registered are left out: there is nobody to show them to.
 */
export async function indexEvents({ prisma }: Database, entries: readonly IndexEntry[]): Promise<void> {
  if (entries.length > MAX_ENTRIES)
    throw new AccessError('protocol_violation', `At most ${String(MAX_ENTRIES)} entries at a time.`);
  const ids = [...new Set(entries.map(({ sessionId }) => sessionId))];
  const known = new Set(
    (await prisma.session.findMany({ where: { id: { in: ids } }, select: { id: true } })).map(({ id }) => id),
  );
  const wanted = entries.filter(({ sessionId, entry }) => known.has(sessionId) && entry.case !== undefined);
  if (wanted.length === 0) return;
  await prisma.$transaction(async (queries) => {
    const inserted = await queries.indexEntry.createManyAndReturn({
      data: wanted.map((entry) => ({
        sessionId: entry.sessionId,
        sequence: entry.sequence,
        timeUs: entry.timeUnixUs,
        text: entry.entry.case === 'statement' ? searchable(entry.entry.value.text) : '',
        entry: toBinary(IndexEntrySchema, entry),
      })),
      skipDuplicates: true,
      select: { sessionId: true, sequence: true },
    });
    const fresh = new Set(inserted.map(({ sessionId, sequence }) => `${sessionId} ${String(sequence)}`));
    // Sorted, so that two recorders at once lock sessions in the same order.
    for (const id of [...known].sort()) {
      await addCounts(
        queries,
        id,
        wanted.filter((entry) => entry.sessionId === id && fresh.has(`${id} ${String(entry.sequence)}`)),
      );
    }
  });
}

async function addCounts(queries: Queries, id: string, entries: readonly IndexEntry[]): Promise<void> {
  const outcomes = entries.flatMap(({ entry }) => (entry.case === 'statement' ? [entry.value.outcome] : []));
  if (outcomes.length === 0) return;
  const denied = outcomes.filter((outcome) => outcome === Outcome.DENY).length;
  const held = outcomes.filter((outcome) => outcome === Outcome.HOLD).length;
  await queries.session.update({
    where: { id },
    data: {
      statements: { increment: outcomes.length },
      denied: { increment: denied },
      held: { increment: held },
    },
  });
}

/** PostgreSQL has no NUL in text. */
function searchable(text: string): string {
  return text.replaceAll('\0', ' ');
}
