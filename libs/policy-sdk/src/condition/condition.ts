import { ParseError, TypeError as CelTypeError, type ParseResult } from '@marcbachmann/cel-js';
import { compileNode } from './compile-node.ts';
import { MAX_EXPRESSION_LENGTH, effectEnvironment, statementEnvironment } from './environment.ts';
import { Budget, Frame, type Roots } from './frame.ts';
import { findReads, type Reads } from './reads.ts';
import { countNodes, findForbidden, type ExpressionProblem } from './syntax.ts';
import { Failure } from './value.ts';

/** A `when`: checked, compiled, bounded in work, without side effects. */
export interface Condition {
  readonly expression: string;
  readonly reads: Reads;
  /** True or false, or why there is no answer. Never throws. */
  evaluate(roots: Roots, budget?: Budget): boolean | Failure;
}

/** `effect`: the rule is asked once for each effect (allow, deny, hold); `statement`: once for all (mask, limit). */
export type ConditionScope = 'effect' | 'statement';

export type CompiledCondition =
  | { readonly condition: Condition; readonly problem?: never }
  | { readonly problem: ExpressionProblem; readonly condition?: never };

/** Conditions are the same for all sessions, so they are compiled once; the most that are kept. */
const MAX_KEPT = 2048;
const kept: Readonly<Record<ConditionScope, Map<string, CompiledCondition>>> = {
  effect: new Map(),
  statement: new Map(),
};

/**
 * Compiles a CEL expression over the context of environment.ts. cel-js parses
 * and type-checks it; the closures of compile-node.ts evaluate it, because
 * cel-js bounds neither its loops nor its regular expressions.
 */
export function compileCondition(expression: string, scope: ConditionScope): CompiledCondition {
  if (expression.length > MAX_EXPRESSION_LENGTH) {
    return problem(`an expression has at most ${MAX_EXPRESSION_LENGTH} characters`, 0);
  }
  const known = kept[scope].get(expression);
  if (known !== undefined) return known;
  const compiled = compileAnew(expression, scope);
  if (kept[scope].size >= MAX_KEPT) kept[scope].clear();
  kept[scope].set(expression, compiled);
  return compiled;
}

function compileAnew(expression: string, scope: ConditionScope): CompiledCondition {
  const parsed = parse(expression, scope);
  if ('message' in parsed) return { problem: parsed };
  const forbidden = findForbidden(parsed.ast);
  if (forbidden !== undefined) return { problem: forbidden };
  const checked = parsed.check();
  if (!checked.valid) return { problem: describe(checked.error) };
  if (checked.type !== 'bool') {
    return problem(
      `a condition is a bool, and this is ${checked.type ?? 'something else'}; compare it with something`,
      0,
    );
  }
  return { condition: compileChecked(expression, parsed) };
}

function compileChecked(expression: string, parsed: ParseResult): Condition {
  const root = compileNode(parsed.ast, new Map());
  const cost = countNodes(parsed.ast);
  return {
    expression,
    reads: findReads(parsed.ast),
    evaluate: (roots, budget = new Budget()) => {
      const frame = new Frame(roots, budget);
      try {
        const answer = frame.spend(cost) ?? root(frame);
        if (typeof answer === 'boolean' || answer instanceof Failure) return answer;
        return new Failure('it is not a bool');
      } catch (_error: unknown) {
        // Nothing in here throws by design; if the platform does (a clock that is no time), it closes.
        return new Failure('it cannot be evaluated');
      }
    },
  };
}

function parse(expression: string, scope: ConditionScope): ParseResult | ExpressionProblem {
  try {
    return (scope === 'effect' ? effectEnvironment : statementEnvironment).parse(expression);
  } catch (error: unknown) {
    return describe(error);
  }
}

function problem(message: string, offset: number): CompiledCondition {
  return { problem: { message, offset } };
}

function describe(error: unknown): ExpressionProblem {
  if (error instanceof ParseError || error instanceof CelTypeError) {
    return { message: error.summary, offset: error.range?.start ?? 0 };
  }
  // The parser goes one level down the stack for each "!", "-" and "(".
  return { message: 'the expression cannot be read', offset: 0 };
}
