import type { Node } from 'libpg-query';
import { stringsOf } from '../parser/ast.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { NO_SOURCES, union, type Sources } from '../lineage/sources.ts';
import { callReference } from './call-reference.ts';

/**
 * Counts the functions behind every user-defined operator that a symbol can
 * mean, and gives what they return beyond their operands.
 */
export function useOperator(
  analysis: Analysis,
  name: readonly Node[],
  args: readonly Sources[] = [],
): Sources {
  const symbol = name.at(-1);
  if (symbol === undefined || !('String' in symbol)) return NO_SOURCES;
  const text = symbol.String.sval ?? '';
  if (analysis.env.catalog.operators(text).length === 0) return NO_SOURCES;
  const schema = name.length > 1 ? stringsOf(name).at(-2) : undefined;
  let result = NO_SOURCES;
  for (const operator of analysis.path.operators(text, schema)) {
    const label = `operator ${operator.schema}.${operator.name}`;
    result = union(result, callReference(analysis, operator.function, label, args));
  }
  return result;
}
