import type { Queries } from '../database/database.ts';

/**
 * What replicas watch. `resources`: issuers, targets, policies, roles. `access`: tokens
 * revoked, locks, sessions asked to end. `holds`: any change of a hold.
 */
export type ChangeTopic = 'resources' | 'access' | 'holds';

export type ChangeRevisions = Readonly<Record<ChangeTopic, bigint>>;

/**
 * Counts a change. Call it in the transaction that makes the change, last: its row stays
 * locked until commit, so who reads the new count sees the change as well, and counts
 * never go backwards.
 */
export async function countChange(queries: Queries, topic: ChangeTopic): Promise<void> {
  await queries.$executeRaw`
    INSERT INTO change_counter (topic, revision) VALUES (${topic}, 1)
    ON CONFLICT (topic) DO UPDATE SET revision = change_counter.revision + 1`;
}

const TOPICS: readonly ChangeTopic[] = ['resources', 'access', 'holds'];

/** Makes the rows of all topics, so that each is there to be locked. */
export async function prepareTopics(queries: Queries): Promise<void> {
  await queries.changeCounter.createMany({ data: TOPICS.map((topic) => ({ topic })), skipDuplicates: true });
}

/** The counts of all topics, in one small query. */
export async function readRevisions(queries: Queries): Promise<ChangeRevisions> {
  const rows = await queries.changeCounter.findMany();
  const of = (topic: ChangeTopic) => rows.find((row) => row.topic === topic)?.revision ?? 0n;
  return { resources: of('resources'), access: of('access'), holds: of('holds') };
}
