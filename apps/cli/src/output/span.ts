import { printable } from './printable.ts';

const STYLES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const;

export type Style = keyof typeof STYLES;

/** A piece of a line: text that may come from anywhere, and how it looks. */
export type Span = string | { readonly text: string; readonly style: Style };

/** The line for a terminal. The only place that writes escape sequences, after it made the text safe. */
export function renderSpans(spans: readonly Span[], colour: boolean): string {
  return spans
    .map((span) => {
      if (typeof span === 'string') return printable(span);
      const text = printable(span.text);
      const [on, off] = STYLES[span.style];
      return colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
    })
    .join('');
}
