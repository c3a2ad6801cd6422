/**
 * Patterns over the dotted action vocabulary: an exact action (`sql.read`),
 * everything below one (`sql.*`), or everything (`*`).
 */

/** Longest pattern that is accepted, in characters; keeps every match linear in what is matched. */
export const MAX_PATTERN_LENGTH = 256;

const ACTION_PATTERN = /^(?:\*|[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*(?:\.\*)?)$/;

/** Says what is wrong with an action pattern, or nothing. */
export function actionPatternProblem(pattern: string): string | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    return `an action pattern has at most ${MAX_PATTERN_LENGTH} characters`;
  }
  if (ACTION_PATTERN.test(pattern)) return undefined;
  return `"${pattern}" is not an action; write one like sql.read, with * only at the end after a dot (sql.*) or alone`;
}

/** An action that could not be told: only a rule that names it exactly covers it. */
export function isUnknownAction(action: string): boolean {
  return action === '' || action === 'unknown' || action.endsWith('.unknown') || action.includes('.unknown.');
}

/**
 * Whether a grant of this pattern (allow, the covering side of hold, a token's
 * scope) covers the action. `sql.read` does not cover `sql.read.predicate`, and
 * no `*` ever covers an unknown action.
 */
export function grantsAction(pattern: string, action: string): boolean {
  if (pattern === action) return action !== '';
  return !isUnknownAction(action) && matchesStar(pattern, action);
}

/**
 * Whether a restriction of this pattern (deny, the restricting side of hold)
 * reaches the action. It reaches further than a grant: `sql.read` reaches
 * `sql.read.predicate` too, and `*` reaches unknown actions.
 */
export function reachesAction(pattern: string, action: string): boolean {
  return pattern === action || matchesStar(pattern, action) || isBelow(pattern, action);
}

function matchesStar(pattern: string, action: string): boolean {
  if (pattern === '*') return true;
  if (!pattern.endsWith('.*')) return false;
  const prefixLength = pattern.length - 1;
  return action.length > prefixLength && action.startsWith(pattern.slice(0, prefixLength));
}

function isBelow(pattern: string, action: string): boolean {
  return (
    action.length > pattern.length && action.charAt(pattern.length) === '.' && action.startsWith(pattern)
  );
}
