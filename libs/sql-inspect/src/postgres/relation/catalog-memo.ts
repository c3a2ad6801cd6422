import type { SqlCatalog } from '../../model/catalog.ts';
import type { FunctionSummary } from '../function/function-summary.ts';
import type { RelationShape } from './relation-shape.ts';

/**
 * What was worked out about a catalog's views and functions. It depends on the
 * catalog alone, so it lives exactly as long and is shared by all sessions.
 */
export interface CatalogMemo {
  readonly shapes: Map<number, RelationShape>;
  readonly shapesUnderway: Set<number>;
  /** By function oid and search path. */
  readonly functions: Map<string, FunctionSummary>;
  readonly functionsUnderway: Set<string>;
  /** Functions met while one that calls them is being worked out: good for that walk, forgotten after it. */
  readonly provisional: Map<string, FunctionSummary>;
  /** Times a walk met something it was already inside of; what was worked out meanwhile is cut short. */
  cutShort: number;
}

const memos = new WeakMap<SqlCatalog, CatalogMemo>();

export function memoOf(catalog: SqlCatalog): CatalogMemo {
  let memo = memos.get(catalog);
  if (memo === undefined) {
    memo = {
      shapes: new Map(),
      shapesUnderway: new Set(),
      functions: new Map(),
      functionsUnderway: new Set(),
      provisional: new Map(),
      cutShort: 0,
    };
    memos.set(catalog, memo);
  }
  return memo;
}
