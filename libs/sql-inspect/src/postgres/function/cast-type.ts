import type { TypeName } from 'libpg-query';
import { stringsOf } from '../parser/ast.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { NO_SOURCES, union, type Sources } from '../lineage/sources.ts';
import { callReference } from './call-reference.ts';

/** Counts the functions of every user-defined cast to a type of that name, and gives what they return. */
export function castTo(analysis: Analysis, type: TypeName | undefined, value: Sources = NO_SOURCES): Sources {
  const { casts } = analysis.env.catalog;
  if (type === undefined || casts.length === 0) return value;
  const name = stringsOf(type.names).at(-1);
  let result = value;
  for (const cast of casts) {
    if (cast.targetType !== name) continue;
    result = union(result, callReference(analysis, cast.function, `cast to ${cast.targetType}`, [value]));
  }
  return result;
}

/** Counts the casts that the server may apply unasked: any expression can be one. */
export function noteImplicitCasts(analysis: Analysis): void {
  for (const cast of analysis.env.catalog.casts) {
    if (cast.isImplicit) callReference(analysis, cast.function, `cast to ${cast.targetType}`, []);
  }
}
