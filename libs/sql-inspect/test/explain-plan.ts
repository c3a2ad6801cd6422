/** Relations and writes that the server's own plan of a statement names. */
import type { Client } from 'pg';

export interface PlannedRelation {
  readonly name: string;
  /** Insert, Update, Delete or Merge; undefined for a scan. */
  readonly operation: string | undefined;
}

interface PlanNode {
  readonly Schema?: string;
  readonly 'Relation Name'?: string;
  readonly Operation?: string;
  readonly Plans?: readonly PlanNode[];
}

/** Undefined where the statement cannot be explained. */
export async function plannedRelations(client: Client, sql: string): Promise<PlannedRelation[] | undefined> {
  try {
    const result = await client.query<{ 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
      `EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`,
    );
    return (result.rows[0]?.['QUERY PLAN'] ?? []).flatMap(({ Plan }) => [...relationsOf(Plan)]);
  } catch {
    // SHOW, FETCH and EXPLAIN itself have no plan.
    return undefined;
  }
}

function* relationsOf(node: PlanNode): Generator<PlannedRelation> {
  const { Schema: schema, 'Relation Name': relation, Operation: operation } = node;
  if (relation !== undefined) yield { name: `${schema ?? ''}.${relation}`, operation };
  for (const child of node.Plans ?? []) yield* relationsOf(child);
}
