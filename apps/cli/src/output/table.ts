import { renderSpans, type Span, type Style } from './span.ts';
import { clip, pad, textWidth } from './text-width.ts';
import { printable } from './printable.ts';

export interface Cell {
  readonly text: string;
  readonly style?: Style;
}

/** Rows under headings. An empty table says `empty` instead. */
export interface Table {
  readonly columns: readonly (string | { readonly name: string; readonly align: 'right' })[];
  readonly rows: readonly (readonly (string | Cell)[])[];
  readonly empty: string;
}

const GAP = '  ';
/** So wide may a column get before its text is cut. */
const NARROWEST_LAST = 20;

/** The table's lines. On a terminal of known width the last column is cut to fit; elsewhere nothing is. */
export function renderTable(
  table: Table,
  colour: boolean,
  terminalColumns: number | undefined,
): readonly string[] {
  if (table.rows.length === 0) return [table.empty];
  const headings = table.columns.map((column) =>
    (typeof column === 'string' ? column : column.name).toUpperCase(),
  );
  const aligns = table.columns.map((column) => (typeof column === 'string' ? 'left' : column.align));
  const rows = table.rows.map((row) => row.map(toCell));
  const widths = headings.map((heading, i) =>
    Math.max(textWidth(heading), ...rows.map((row) => textWidth(row[i]?.text ?? ''))),
  );
  const last = widths.length - 1;
  if (terminalColumns !== undefined) {
    const before = widths.slice(0, last).reduce((sum, width) => sum + width + GAP.length, 0);
    widths[last] = Math.min(widths[last] ?? 0, Math.max(NARROWEST_LAST, terminalColumns - before));
  }
  const line = (cells: readonly Cell[]): string =>
    renderSpans(
      cells.flatMap((cell, i): Span[] => [
        ...(i === 0 ? [] : [GAP]),
        fitted(cell, widths[i] ?? 0, aligns[i] ?? 'left', i === last),
      ]),
      colour,
    ).trimEnd();
  return [line(headings.map((text): Cell => ({ text, style: 'bold' }))), ...rows.map(line)];
}

function toCell(cell: string | Cell): Cell {
  return typeof cell === 'string' ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };
}

function fitted(cell: Cell, width: number, align: 'left' | 'right', isLast: boolean): Span {
  const clipped = clip(cell.text, width);
  const text = isLast && align === 'left' ? clipped : pad(clipped, width, align);
  return cell.style === undefined ? text : { text, style: cell.style };
}
