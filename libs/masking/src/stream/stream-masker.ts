import { Buffer } from 'node:buffer';
import { HIDDEN_CHARACTER, type ColumnMask } from '../column-mask.ts';
import type { DetectorName } from '../detect/builtin-detectors.ts';
import { asBuffer } from '../detect/byte-prefilter.ts';
import { isAlphanumeric } from '../detect/characters.ts';
import { maskText } from '../mask-value.ts';
import { StreamSearch, TAIL_BYTES, type StreamFinding } from './stream-search.ts';
import { readVisible, type ByteRange, type TerminalSize, type VisibleText } from './visible-text.ts';

/** Bytes kept back at most; of what is longer the rest goes out hidden. */
const MOST_HELD_BYTES = 16_384;
/** Of a value that is longer than that, what is kept of its start, so that its rest is known as such. */
const LONG_VALUE_START = 512;

/** What a detector looks at in front of a value. */
const LOOK_BEHIND = 4;

/** How much a masker keeps back: nothing, what could start a value, or so much that it probably is one. */
export type Held = 'nothing' | 'maybe' | 'firm';

/** Bytes to put in place of those from `start` to `end`. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

type Advance = 'wait' | 'release' | 'cover' | 'end';

/**
 * Hides what detectors find in a stream of bytes, wherever its pieces begin
 * and end. What could be the start of a value is kept back until more tells, or the caller calls
 * {@link release} or {@link cover} because nothing more came; apart from these two the result
 * does not depend on how the stream is cut. Bytes that are no text pass as they
 * are. Time is linear, memory bounded. Never throws.
 */
export class StreamMasker {
  readonly #search: StreamSearch;
  readonly #mask: ColumnMask;
  #terminal: TerminalSize | null;
  /** The last bytes, of which the first {@link #sent} went out and are kept for what follows. */
  #window: Buffer = Buffer.alloc(0);
  #sent = 0;
  /** The terminal's column where the window begins. */
  #column = 0;
  /** Where the finding starts that was counted last. */
  #counted = -1;
  #findings = 0;
  #held: Held = 'nothing';

  /** @param terminal where the bytes are shown on one: its escape sequences, line breaks and corrections are seen through */
  constructor(detectors: readonly DetectorName[], mask: ColumnMask, terminal: TerminalSize | null = null) {
    this.#search = new StreamSearch(detectors);
    this.#mask = mask;
    this.#terminal = terminal;
  }

  /** Values that were hidden so far. */
  get findings(): number {
    return this.#findings;
  }

  get held(): Held {
    return this.#held;
  }

  /** The terminal has another size from here on. */
  resize(terminal: TerminalSize): void {
    if (this.#terminal !== null) this.#terminal = terminal;
  }

  /** Takes bytes and gives what may go on. May give parts of `chunk` itself. */
  feed(chunk: Uint8Array): readonly Uint8Array[] {
    this.#window = this.#window.length === 0 ? asBuffer(chunk) : Buffer.concat([this.#window, chunk]);
    const out = this.#advance('wait');
    return this.#window.length - this.#sent <= MOST_HELD_BYTES ? out : [...out, ...this.#overflow()];
  }

  /** Gives what could start a value, but has not got far. */
  release(): readonly Uint8Array[] {
    return this.#advance('release');
  }

  /** Gives everything, and hides what looks like a value that is cut off. */
  cover(): readonly Uint8Array[] {
    return this.#advance('cover');
  }

  /** The end of the stream: gives what is left, masked as it is. */
  flush(): readonly Uint8Array[] {
    const out = this.#advance('end');
    this.#window = Buffer.alloc(0);
    this.#sent = 0;
    this.#counted = -1;
    this.#column = 0;
    return out;
  }

  #advance(how: Advance): readonly Uint8Array[] {
    const raw = this.#window;
    const visible = readVisible(raw, this.#terminal, this.#column);
    const { findings, from, firmFrom } = this.#search.search(visible);
    const limit = Math.max(this.#sent, this.#limit(how, visible, findings, from, firmFrom));
    const edits = [...this.#findingEdits(visible, findings, limit), ...this.#stringEdits(visible, limit)];
    if (how === 'cover' && firmFrom < raw.length) {
      const covered = { start: firmFrom, end: visible.complete, text: '' };
      if (!edits.some(({ end }) => end > firmFrom)) edits.push(this.#coverEdit(visible, covered));
    }
    const out = pieces(
      raw,
      this.#sent,
      limit,
      edits.sort((a, b) => a.start - b.start),
    );
    this.#held = limit === raw.length ? 'nothing' : firmFrom < raw.length ? 'firm' : 'maybe';
    this.#trim(visible, limit, from);
    return out;
  }

  #limit(
    how: Advance,
    visible: VisibleText,
    findings: readonly StreamFinding[],
    from: number,
    firmFrom: number,
  ): number {
    const whole = this.#window.length;
    if (how === 'cover' || how === 'end') return whole;
    const sequences = how === 'wait' || this.#terminal !== null ? visible.complete : whole;
    let limit = Math.min(how === 'wait' ? from : firmFrom, sequences);
    for (const { start, end } of findings.toReversed()) if (start < limit && end > limit) limit = start;
    return limit;
  }

  #findingEdits(visible: VisibleText, findings: readonly StreamFinding[], limit: number): Edit[] {
    const edits: Edit[] = [];
    for (const finding of findings) {
      if (finding.end <= this.#sent || finding.start >= limit) continue;
      if (finding.start > this.#counted) {
        this.#counted = finding.start;
        this.#findings += 1;
      }
      // Of what went out in part already, the rest is hidden whatever the strategy shows.
      if (finding.start < this.#sent) edits.push(this.#coverEdit(visible, finding));
      else {
        const masked = Buffer.from(maskText(finding.text, this.#mask));
        edits.push({
          ...rangeOf(finding),
          bytes: Buffer.concat([masked, ...this.#keptIn(visible, finding)]),
        });
      }
    }
    return edits;
  }

  /** Everything of a range that is text becomes stars. */
  #coverEdit(visible: VisibleText, finding: StreamFinding): Edit {
    const start = Math.max(this.#sent, finding.start);
    const range = { start, end: Math.max(start, finding.end) };
    const stars = Buffer.from(this.#window.subarray(range.start, range.end));
    let at = 0;
    for (const { start: keepStart, end: keepEnd } of [
      ...visible.kept,
      { start: range.end, end: range.end },
    ]) {
      const stop = Math.min(stars.length, keepStart - range.start);
      for (; at < stop; at += 1) {
        const byte = stars[at] ?? 0;
        if (isAlphanumeric(byte) || byte >= 0x80) stars[at] = HIDDEN_CHARACTER.charCodeAt(0);
      }
      at = Math.max(at, keepEnd - range.start);
    }
    return { ...range, bytes: stars };
  }

  /** What a terminal is told in the middle of a value stays. */
  #keptIn(visible: VisibleText, { start, end }: StreamFinding): readonly Buffer[] {
    return rangesIn(visible.kept, start, end).map((range) => this.#window.subarray(range.start, range.end));
  }

  /** Titles and the like are texts of their own. */
  #stringEdits({ strings }: VisibleText, limit: number): Edit[] {
    return strings
      .filter(({ start, end }) => start >= this.#sent && end <= limit)
      .flatMap((range) =>
        this.#search.searchWhole(this.#window.subarray(range.start, range.end)).map((finding) => {
          this.#findings += 1;
          return {
            start: range.start + finding.start,
            end: range.start + finding.end,
            bytes: Buffer.from(maskText(finding.text, this.#mask)),
          };
        }),
      );
  }

  /** Forgets what cannot matter any more. */
  #trim(visible: VisibleText, limit: number, from: number): void {
    const indexOf = (at: number) => (visible.source === null ? at : firstFrom(visible.source, at));
    const first = Math.max(0, Math.min(indexOf(limit) - TAIL_BYTES, indexOf(from) - LOOK_BEHIND));
    const cut = visible.source === null ? first : first === 0 ? 0 : (visible.source[first] ?? 0);
    if (cut > 0) this.#column = visible.columns?.[first] ?? 0;
    this.#window = Buffer.from(this.#window.subarray(cut));
    this.#sent = limit - cut;
    this.#counted = Math.max(-1, this.#counted - cut);
  }

  /** A value longer than may be kept back: goes out hidden, and only its ends stay known. */
  #overflow(): readonly Uint8Array[] {
    const out = this.#advance('cover');
    const tail = this.#window.length - TAIL_BYTES;
    if (tail > LONG_VALUE_START) {
      this.#window = Buffer.concat([this.#window.subarray(0, LONG_VALUE_START), this.#window.subarray(tail)]);
      this.#sent = this.#window.length;
    }
    return out;
  }
}

function rangeOf({ start, end }: StreamFinding): { readonly start: number; readonly end: number } {
  return { start, end };
}

/** The bytes from `start` to `end` with the edits made, which are in order. */
function pieces(raw: Buffer, start: number, end: number, edits: readonly Edit[]): readonly Uint8Array[] {
  const out: Uint8Array[] = [];
  let at = start;
  for (const edit of edits) {
    if (edit.start < at || edit.end > end) continue;
    if (edit.start > at) out.push(raw.subarray(at, edit.start));
    out.push(edit.bytes);
    at = edit.end;
  }
  if (end > at) out.push(raw.subarray(at, end));
  return out;
}

/** Those of some ranges in order that lie between `start` and `end`. */
function rangesIn(ranges: readonly ByteRange[], start: number, end: number): readonly ByteRange[] {
  const first = lowest(ranges.length, (index) => (ranges[index]?.start ?? 0) >= start);
  const last = lowest(ranges.length, (index) => (ranges[index]?.end ?? 0) > end);
  return ranges.slice(first, Math.max(first, last));
}

/** The first index whose offset is `least` or more. */
function firstFrom(source: Uint32Array, least: number): number {
  return lowest(source.length, (index) => (source[index] ?? 0) >= least);
}

/** The first index below `length` of which something holds that holds of all behind it; `length`: of none. */
function lowest(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
