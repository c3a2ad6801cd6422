import type { Output } from '../output/output.ts';
import { printable } from '../output/printable.ts';
import type { Span } from '../output/span.ts';
import { clip, pad, textWidth } from '../output/text-width.ts';
import type { AnswerPart } from './answer.ts';

export interface AnswerLimits {
  /** Rows shown of each result. */
  readonly rows: number;
  /** Columns of the terminal that one value may take. */
  readonly valueColumns: number;
}

const INDENT = '    ';

/** What a caller received, indented below its statement. */
export function printAnswer(output: Output, parts: readonly AnswerPart[], limits: AnswerLimits): void {
  for (const part of parts) {
    switch (part.kind) {
      case 'rows':
        printRows(output, part, limits);
        break;
      case 'done':
        break;
      case 'message':
        printMessage(output, part);
        break;
      case 'text':
        if (part.channel !== undefined) output.line(INDENT, { text: `on ${part.channel}:`, style: 'dim' });
        printText(output, part.text, limits.rows);
        break;
      case 'hidden':
        output.line(INDENT, { text: `(${part.bytes} bytes not shown: ${part.why})`, style: 'dim' });
        break;
    }
  }
}

function printRows(
  output: Output,
  { columns, rows }: Extract<AnswerPart, { kind: 'rows' }>,
  limits: AnswerLimits,
): void {
  const shown = rows.slice(0, limits.rows);
  const cells = shown.map((row) =>
    row.map((value) => (value === null ? 'NULL' : clip(printable(value), limits.valueColumns))),
  );
  const headings = Array.from(
    { length: Math.max(columns.length, ...rows.slice(0, 1).map((row) => row.length)) },
    (_, i) => clip(printable(columns[i] ?? `column ${i + 1}`), limits.valueColumns),
  );
  const widths = headings.map((heading, i) =>
    Math.max(textWidth(heading), ...cells.map((row) => textWidth(row[i] ?? ''))),
  );
  output.line(
    INDENT,
    ...joined(headings.map((heading, i): Span => ({ text: fit(heading, widths, i), style: 'bold' }))),
  );
  output.line(INDENT, widths.map((width) => '─'.repeat(width)).join('─┼─'));
  cells.forEach((row, index) => {
    output.line(
      INDENT,
      ...joined(row.map((text, i): Span => styledCell(fit(text, widths, i), shown[index]?.[i] === null))),
    );
  });
  const left = rows.length - shown.length;
  const count = `(${rows.length} ${rows.length === 1 ? 'row' : 'rows'}${left > 0 ? `, ${left} not shown` : ''})`;
  output.line(INDENT, { text: count, style: 'dim' });
}

function styledCell(text: string, isNull: boolean): Span {
  return isNull ? { text, style: 'dim' } : text;
}

function fit(text: string, widths: readonly number[], index: number): string {
  return index === widths.length - 1 ? text : pad(text, widths[index] ?? 0, 'left');
}

function joined(cells: readonly Span[]): Span[] {
  return cells.flatMap((cell, i) => (i === 0 ? [cell] : [' │ ', cell]));
}

function printMessage(output: Output, part: Extract<AnswerPart, { kind: 'message' }>): void {
  const isError = part.severity === 'ERROR' || part.severity === 'FATAL' || part.severity === 'PANIC';
  const code = part.code === '' ? '' : ` ${part.code}`;
  output.line(INDENT, { text: `${part.severity}${code}: `, style: isError ? 'red' : 'yellow' }, part.text);
  for (const detail of part.details) output.block(detail, `${INDENT}  `);
}

function printText(output: Output, text: string, most: number): void {
  const lines = text.replace(/\n$/, '').split('\n');
  output.block(lines.slice(0, most).join('\n'), INDENT);
  if (lines.length > most)
    output.line(INDENT, { text: `(${lines.length} lines, ${lines.length - most} not shown)`, style: 'dim' });
}
