import { Prisma, type Database } from '../database/database.ts';
import { SESSION_STATES } from '../sessions/session-record.ts';
import { TEXT_SEPARATOR } from './index-stretch.ts';

/** What sessions are looked for; what is empty or undefined does not matter. */
export interface SessionSearch {
  /** A principal's id. */
  readonly onlyPrincipalId: string | undefined;
  /** A principal's id or name. */
  readonly principal: string;
  readonly targetName: string;
  /** Must all be in the text of one statement, in whatever case. */
  readonly words: readonly string[];
  readonly limit: number;
}

/** Ids of the sessions that fit, newest first. */
export async function findSessions({ prisma }: Database, search: SessionSearch): Promise<readonly string[]> {
  const { onlyPrincipalId, principal, targetName, words, limit } = search;
  const conditions = [Prisma.sql`state <> ${SESSION_STATES.abandoned}`];
  if (onlyPrincipalId !== undefined) conditions.push(Prisma.sql`principal_id = ${onlyPrincipalId}`);
  if (principal !== '')
    conditions.push(Prisma.sql`(principal_id = ${principal} OR principal_name = ${principal})`);
  if (targetName !== '') conditions.push(Prisma.sql`target_name = ${targetName}`);
  if (words.length > 0) conditions.push(saysAll(words));
  const rows = await prisma.$queryRaw<{ readonly id: string }[]>`
    SELECT id FROM session WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY opened_at DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** A stretch that has all words is looked at statement by statement. */
function saysAll(words: readonly string[]): Prisma.Sql {
  const patterns = words.map((word) => `%${word.replaceAll(/[\\%_]/g, '\\$&')}%`);
  return Prisma.sql`EXISTS (
    SELECT 1 FROM index_stretch WHERE session_id = session.id AND text ILIKE ALL (${patterns}::text[])
      AND EXISTS (
        SELECT 1 FROM unnest(string_to_array(text, ${TEXT_SEPARATOR})) AS statement (words)
        WHERE statement.words ILIKE ALL (${patterns}::text[])
      )
  )`;
}
