import type { Node } from 'libpg-query';
import type { Scope } from '../lineage/scope.ts';
import { unionAll, type Sources } from '../lineage/sources.ts';

/** A call of a function, its arguments worked out. */
export interface FunctionCall {
  readonly name: string;
  readonly schema: string | undefined;
  /** Argument nodes, for functions whose effect is in a literal; empty where the call is not written out. */
  readonly nodes: readonly Node[];
  readonly args: readonly Sources[];
  /** Everything that can flow into the result: arguments, and ORDER BY inside WITHIN GROUP. */
  readonly values: Sources;
  /** True where argument n is parameter n: no names, no VARIADIC. */
  readonly isPositional: boolean;
  readonly scope: Scope;
}

/** A call that the statement does not write out: of an operator, a cast, an aggregate's part, a trigger. */
export function hiddenCall(name: string, args: readonly Sources[], scope: Scope): FunctionCall {
  return { name, schema: undefined, nodes: [], args, values: unionAll(args), isPositional: true, scope };
}
