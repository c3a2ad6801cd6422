const ESCAPE = '\u001b';
/** What a terminal may be told: colours, where the cursor goes, what is erased or scrolled. */
const HARMLESS_FINALS = /^[ABCDEFGHIJKLMPSTXZ@`abdefmrsu]$/;
/** Modes: cursor keys stay as they are; wrapping, cursor, alternate screen. */
const HARMLESS_MODES = /^(?:4|20|\?(?:7|12|25|47|1047|1048|1049))$/;
const SHORT = /^[78DEHM=>]$/;
/** A sequence that is not over by then is none. */
const LONGEST = 4096;

/**
 * Lets what was shown on one terminal be shown on another, and nothing else:
 * what a target sent must not set the clipboard or the title of who replays it, make their
 * terminal answer as if they had typed, or leave it unusable. Sequences may be cut anywhere.
 */
export class TerminalFilter {
  #rest = '';

  filter(text: string): string {
    const all = this.#rest + text;
    this.#rest = '';
    let out = '';
    let at = 0;
    while (at < all.length) {
      if (all[at] !== ESCAPE) {
        out += harmless(all[at] ?? '');
        at += 1;
        continue;
      }
      const end = sequenceEnd(all, at);
      if (end > all.length) {
        if (all.length - at < LONGEST) this.#rest = all.slice(at);
        return out;
      }
      const sequence = all.slice(at, end);
      if (isHarmless(sequence)) out += sequence;
      at = end;
    }
    return out;
  }
}

/** What brings a terminal back to where it was. */
export const TERMINAL_RESET =
  '\u001b[r\u001b[?1049l\u001b[?47l\u001b[?7h\u001b[4l\u001b[?25h\u001b(B\u001b[0m\r\n';

/** No control character but those that move the cursor by little; no C1, which some terminals act on. */
function harmless(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0x20) return code >= 0x7f && code <= 0x9f ? '' : character;
  return '\b\t\n\v\f\r\u000e\u000f'.includes(character) ? character : '';
}

/** Behind the sequence at `at`; more than the length where it goes on. */
function sequenceEnd(text: string, at: number): number {
  const unfinished = text.length + 1;
  const second = text[at + 1];
  if (second === undefined) return unfinished;
  if (second === '[') {
    const match = /^[\u0020-\u003f]*/.exec(text.slice(at + 2, at + LONGEST));
    const final = at + 2 + (match?.[0].length ?? 0);
    return final >= text.length ? unfinished : final + 1;
  }
  if (']PX^_'.includes(second)) {
    for (let i = at + 2; i < text.length; i += 1) {
      if (text[i] === '\u0007' || text[i] === '\u0018' || text[i] === '\u001a') return i + 1;
      if (text[i] === ESCAPE)
        return text[i + 1] === undefined ? unfinished : text[i + 1] === '\\' ? i + 2 : i;
    }
    return unfinished;
  }
  if (second >= ' ' && second <= '/') return at + 3;
  return at + 2;
}

function isHarmless(sequence: string): boolean {
  if (sequence.startsWith('\u001b[')) {
    const parameters = sequence.slice(2, -1);
    const final = sequence.slice(-1);
    if (final === 'h' || final === 'l') return HARMLESS_MODES.test(parameters);
    return HARMLESS_FINALS.test(final) && /^[0-9;:]*$/.test(parameters);
  }
  if (/^.[()*+][0AB]$/.test(sequence)) return true;
  return sequence.length === 2 && SHORT.test(sequence[1] ?? '');
}
