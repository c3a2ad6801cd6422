import type { ASTNode } from '@marcbachmann/cel-js';
import { isRootName } from './frame.ts';
import { MACROS, children } from './syntax.ts';

/** What a condition's answer can depend on. */
export interface Reads {
  /** It is asked once for each effect. */
  readonly effect: boolean;
  /** It reads only principal, target and session: one answer for the whole session. */
  readonly sessionOnly: boolean;
  /**
   * The same kind and effects give the same answer: it reads neither fields
   * nor time, and of the statement only its kind and effects.
   */
  readonly sameForSameEffects: boolean;
}

const STABLE_MEMBERS: ReadonlySet<string> = new Set(['kind', 'effects']);

/** Finds by the syntax alone which parts of the context an expression reads; never misses one. */
export function findReads(ast: ASTNode): Reads {
  const names = new Set<string>();
  collect(ast, names);
  const outside = (...known: string[]): boolean => [...names].every((name) => known.includes(name));
  return {
    effect: names.has('effect'),
    sessionOnly: outside('principal', 'target', 'session'),
    sameForSameEffects: outside(
      'principal',
      'target',
      'session',
      'effect',
      'statement.kind',
      'statement.effects',
    ),
  };
}

/** Iteration variables never carry the name of a root (syntax.ts), so a root's name is always the root. */
function collect(node: ASTNode, names: Set<string>): void {
  if (node.op === '.' && node.args[0].op === 'id' && node.args[0].args === 'statement') {
    names.add(STABLE_MEMBERS.has(node.args[1]) ? `statement.${node.args[1]}` : 'statement');
    return;
  }
  if (node.op === 'id' && isRootName(node.args)) names.add(node.args);
  if (node.op === 'rcall' && MACROS.has(node.args[0])) {
    collect(node.args[1], names);
    for (const part of node.args[2].slice(1)) collect(part, names);
    return;
  }
  for (const child of children(node)) collect(child, names);
}
