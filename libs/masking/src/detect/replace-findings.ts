import type { ColumnMask } from '../column-mask.ts';
import type { Finding, MaskedText } from './detector.ts';

export type FindText = (text: string) => readonly Finding[];

/** The text with each finding replaced. A mask to NULL has no place inside a text, so the whole value becomes NULL. */
export function replaceFindings(
  text: string,
  mask: ColumnMask,
  findings: readonly Finding[],
  replace: (value: string, mask: ColumnMask) => string,
): MaskedText {
  if (findings.length === 0) return { text, findings };
  if (mask.strategy === 'null') return { text: null, findings };
  let masked = '';
  let from = 0;
  for (const { start, end } of findings) {
    masked += text.slice(from, start) + replace(text.slice(start, end), mask);
    from = end;
  }
  return { text: masked + text.slice(from), findings };
}
