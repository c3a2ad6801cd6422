/** An inspection as text, one line a statement, for fixtures that people read. */
import type { ColumnSources, SqlEffect, SqlInspection, SqlStatement } from '../src/index.ts';

export function renderInspection(inspection: SqlInspection): string[] {
  if (!inspection.ok) return [`refused: ${inspection.reason}`];
  return inspection.statements.map(renderStatement);
}

function renderStatement(statement: SqlStatement): string {
  const parts = [`${statement.tag}:`, ...statement.effects.map(renderEffect)];
  const { outputs, predicateColumns, derivedColumns, unresolved, staleNames } = statement;
  if (outputs === 'unknown') parts.push('| out ?');
  else if (outputs !== 'none') {
    parts.push(
      `| out ${outputs.map(({ name, sources, isDirect }) => `${name}${isDirect === true ? '=' : '~'}${renderSources(sources)}`).join(', ')}`,
    );
  }
  if (predicateColumns.length > 0) parts.push(`| where ${renderSources(predicateColumns)}`);
  if (derivedColumns.length > 0) parts.push(`| copies ${renderSources(derivedColumns)}`);
  if (unresolved.length > 0) parts.push(`| unresolved ${unresolved.join(' ')}`);
  for (const { name, value, kind, breaksInspection } of statement.settings) {
    parts.push(`| ${kind} ${name}=${value?.join(',') ?? '?'}${breaksInspection ? ' BREAKS' : ''}`);
  }
  if (statement.opaque) parts.push('| opaque');
  if (statement.changesCatalog)
    parts.push(`| stale ${staleNames === 'all' ? '*' : [...staleNames].join(' ')}`);
  if (statement.sessionSensitive) parts.push('| session');
  if (statement.redactedText !== statement.text) parts.push(`| recorded ${statement.redactedText}`);
  return parts.join(' ').trim();
}

function renderEffect({ action, objects }: SqlEffect): string {
  const names = objects.map(({ kind, name, parts }) => {
    const columns = parts === undefined ? '' : `[${parts.join(' ')}]`;
    return `${kind === 'table' ? '' : `${kind}:`}${name}${columns}`;
  });
  return `${action.slice('sql.'.length)}(${names.join(', ')})`;
}

function renderSources(sources: ColumnSources): string {
  if (sources === 'unknown') return '?';
  return sources.length === 0 ? '-' : sources.join('+');
}
