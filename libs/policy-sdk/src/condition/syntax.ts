import type { ASTNode } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { FUNCTIONS, METHODS } from './functions.ts';
import { parseNetwork } from './network.ts';
import { isRootName } from './frame.ts';
import { isTimeField, zonedCalendar } from './timestamp-fields.ts';

/** What is wrong with an expression, and where in it (characters from 0). */
export interface ExpressionProblem {
  readonly message: string;
  readonly offset: number;
}

/** Deepest nesting of nodes; evaluation goes as deep on the stack. */
const MAX_DEPTH = 200;
const MAX_REGEX_LENGTH = 256;
/** Most instructions a regular expression may compile to; counted repetitions multiply them. */
const MAX_REGEX_PROGRAM = 600;

/** Macros on a list or the keys of a map: `list.all(x, condition)`. */
export const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);

const AVAILABLE = [
  ...new Set([...Object.keys(FUNCTIONS), ...Object.keys(METHODS)].map((key) => key.split('/')[0] ?? '')),
  'matches',
  'inNetwork',
  'has',
  ...MACROS,
].join(', ');

/**
 * Finds what conditions may not use although cel-js knows it: the language is
 * cut down to what is pure, needed and bounded. Nothing else of an expression
 * can be called, so nothing else needs to be trusted.
 */
export function findForbidden(node: ASTNode, depth = 0): ExpressionProblem | undefined {
  if (depth > MAX_DEPTH) return problem(node, `the expression nests deeper than ${MAX_DEPTH} levels`);
  const own = findForbiddenHere(node);
  if (own !== undefined) return own;
  for (const child of children(node)) {
    const found = findForbidden(child, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function problem(node: ASTNode, message: string): ExpressionProblem {
  return { message, offset: node.start };
}

function findForbiddenHere(node: ASTNode): ExpressionProblem | undefined {
  switch (node.op) {
    case 'map':
      return problem(node, 'map literals are not available in conditions');
    case '.?':
    case '[?]':
      return problem(node, 'optional access is not available in conditions; use has()');
    case 'value':
      return typeof node.args === 'object' && node.args !== null
        ? problem(node, 'bytes and unsigned literals are not available in conditions')
        : undefined;
    case 'call':
      return checkCall(node, node.args[0], node.args[1].length);
    case 'rcall':
      return checkMethod(node, node.args[0], node.args[2]);
    default:
      return undefined;
  }
}

function unavailable(node: ASTNode, name: string): ExpressionProblem {
  return problem(node, `${name}() is not available in conditions; there are ${AVAILABLE}`);
}

function checkCall(node: ASTNode, name: string, argumentCount: number): ExpressionProblem | undefined {
  if (name === 'has' && argumentCount === 1) return undefined;
  return Object.hasOwn(FUNCTIONS, `${name}/${argumentCount}`) ? undefined : unavailable(node, name);
}

function checkMethod(node: ASTNode, name: string, args: readonly ASTNode[]): ExpressionProblem | undefined {
  if (MACROS.has(name) && args.length === 2) return checkIterationVariable(args[0]);
  if (name === 'matches' && args.length === 1) return checkRegex(args[0]);
  if (name === 'inNetwork' && args.length === 1) return checkNetwork(args[0]);
  if (isTimeField(name) && args.length === 0) return undefined;
  if (isTimeField(name) && args.length === 1) return checkZone(args[0]);
  return Object.hasOwn(METHODS, `${name}/${args.length}`) ? undefined : unavailable(node, name);
}

function checkIterationVariable(node: ASTNode | undefined): ExpressionProblem | undefined {
  if (node?.op !== 'id' || !isRootName(node.args)) return undefined;
  return problem(
    node,
    `"${node.args}" names a part of the context; call the iteration variable something else`,
  );
}

/** The text of a literal; undefined for everything else. */
export function literalText(node: ASTNode | undefined): string | undefined {
  return node?.op === 'value' && typeof node.args === 'string' ? node.args : undefined;
}

function checkRegex(node: ASTNode | undefined): ExpressionProblem | undefined {
  const pattern = literalText(node);
  if (node === undefined) return undefined;
  if (pattern === undefined)
    return problem(node, 'matches() takes a literal text, so that it can be checked now');
  if (pattern.length > MAX_REGEX_LENGTH) {
    return problem(node, `a regular expression has at most ${MAX_REGEX_LENGTH} characters`);
  }
  try {
    if (RE2JS.compile(pattern).programSize() <= MAX_REGEX_PROGRAM) return undefined;
    return problem(node, 'the regular expression is too big; count fewer repetitions');
  } catch (error: unknown) {
    return problem(
      node,
      `not a regular expression of RE2: ${error instanceof Error ? error.message : 'unreadable'}`,
    );
  }
}

function checkNetwork(node: ASTNode | undefined): ExpressionProblem | undefined {
  if (node === undefined) return undefined;
  const text = literalText(node);
  if (text !== undefined && parseNetwork(text) !== undefined) return undefined;
  return problem(node, 'inNetwork() takes a literal block of addresses, such as "10.0.0.0/8"');
}

function checkZone(node: ASTNode | undefined): ExpressionProblem | undefined {
  if (node === undefined) return undefined;
  const zone = literalText(node);
  if (zone !== undefined && zonedCalendar(zone) !== undefined) return undefined;
  return problem(node, 'a time zone is a literal name, such as "Europe/Berlin"');
}

/** The nodes right below a node. */
export function children(node: ASTNode): readonly ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
    case 'map':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

/** How many nodes an expression has; what one evaluation of it costs at least. */
export function countNodes(node: ASTNode): number {
  return children(node).reduce((sum, child) => sum + countNodes(child), 1);
}
