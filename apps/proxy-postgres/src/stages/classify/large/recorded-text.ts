import { redactSecrets, type SqlInspection } from '@sallyport/sql-inspect';

/** Of a text that was not inspected this much is recorded. */
const EXCERPT_CHARACTERS = 4096;

/** A text as it may be recorded, after its inspection: without the secrets that it carries. */
export function recordedTextOf(sql: string, inspection: SqlInspection): string {
  if (!inspection.ok) return inspection.reason === 'too-large' ? excerptOf(sql) : redactSecrets(sql);
  const { statements } = inspection;
  if (statements.every((statement) => statement.redactedText === statement.text)) return sql;
  return statements.map((statement) => statement.redactedText).join(';\n');
}

/** Of a text that is too large to look for secrets in: its beginning. */
export function excerptOf(sql: string): string {
  if (sql.length <= EXCERPT_CHARACTERS) return redactSecrets(sql);
  return `${redactSecrets(sql.slice(0, EXCERPT_CHARACTERS))}\n... [${sql.length} characters, not inspected]`;
}
