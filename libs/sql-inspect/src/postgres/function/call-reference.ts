import type { FunctionReference } from '../../model/catalog.ts';
import type { Analysis } from '../analysis/analysis.ts';
import { rootScope } from '../lineage/scope.ts';
import { UNKNOWN_SOURCES, type Sources } from '../lineage/sources.ts';
import { callBuiltin, callUserFunction } from './call-function.ts';
import { hiddenCall } from './call.ts';

/** Counts a function that the catalog refers to, a built-in by name, a user's by oid, and gives what it returns. */
export function callReference(
  analysis: Analysis,
  reference: FunctionReference,
  label: string,
  args: readonly Sources[],
): Sources {
  if (reference.builtin !== undefined)
    return callBuiltin(hiddenCall(reference.builtin, args, rootScope(analysis)));
  const user = analysis.env.catalog.functionByOid(reference.oid);
  if (user !== undefined) return callUserFunction(analysis, user, args);
  analysis.addOpaqueCall(label);
  return UNKNOWN_SOURCES;
}
