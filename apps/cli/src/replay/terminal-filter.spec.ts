import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TerminalFilter } from './terminal-filter.ts';

function filtered(...pieces: readonly string[]): string {
  const filter = new TerminalFilter();
  return pieces.map((piece) => filter.filter(piece)).join('');
}

const DRAWS = [
  '\u001b[1;38;5;9m',
  '\u001b[2J',
  '\u001b[10;4H',
  '\u001b[?25l',
  '\u001b[?1049h',
  '\u001b7',
  '\u001b(0',
  '\b\r\n\t',
];
const ACTS = [
  '\u001b]0;title\u0007',
  '\u001b]52;c;cm0=\u001b\\',
  '\u001b]8;;https://x\u001b\\',
  '\u001bP+q544e\u001b\\',
  '\u001b_x\u001b\\',
  '\u001b[c',
  '\u001b[6n',
  '\u001b[21t',
  '\u001b[?1000h',
  '\u001b[?2004h',
  '\u001b[>c',
  '\u001b[5i',
  '\u001bc',
  '\u001bZ',
  '\u0005',
  '\u0007',
  '\u009b6n',
];

describe('TerminalFilter', () => {
  it.each(DRAWS)('lets %j pass, wherever it is cut', (sequence) => {
    for (let at = 0; at <= sequence.length; at += 1)
      expect(filtered(`a${sequence.slice(0, at)}`, `${sequence.slice(at)}b`)).toBe(`a${sequence}b`);
  });

  it.each(ACTS)('keeps %j back, wherever it is cut', (sequence) => {
    const left = sequence.startsWith('\u009b') ? '6n' : '';
    for (let at = 0; at <= sequence.length; at += 1)
      expect(filtered(`a${sequence.slice(0, at)}`, `${sequence.slice(at)}b`)).toBe(`a${left}b`);
  });

  it('lets none of them pass in any text', () => {
    const piece = fc.oneof(
      fc.constantFrom(...ACTS, ...DRAWS, '\u001b', '\u001b[', '\u001b]', '0;', 'x'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const out = filtered(...pieces);
        expect(out).not.toMatch(
          /\u001b[\]PX^_cZ]|\u001b\[[^@-~]*[cntiqp]|[\u0000-\u0007\u0010-\u001a\u007f-\u009f]/,
        );
      }),
    );
  });
});
