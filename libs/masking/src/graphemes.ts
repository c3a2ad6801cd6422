const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Characters as people count them (Unicode UAX #29), so that a mask never
 * leaves half an emoji or an accent without its letter. ASCII is counted without the segmenter,
 * which costs microseconds; there only CR LF is one character, and it is hidden as two.
 */
export function graphemes(text: string): string[] {
  if (isAscii(text)) return text.split('');
  return Array.from(segmenter.segment(text), (part) => part.segment);
}

/** Whether every character is below U+0080. */
export function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}
