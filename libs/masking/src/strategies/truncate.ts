import type { ColumnMask } from '../column-mask.ts';
import { graphemes, isAscii } from '../graphemes.ts';
import { visibleCount } from './visible-count.ts';

const CUT = '...';

/** Keeps the first characters and drops the rest, its length too: `Johnathan` becomes `John...`. */
export function truncateText(text: string, mask: ColumnMask): string {
  if (isAscii(text)) return text.slice(0, visibleCount(text.length, mask)) + CUT;
  const characters = graphemes(text);
  return characters.slice(0, visibleCount(characters.length, mask)).join('') + CUT;
}
