import type { Buffer } from 'node:buffer';
import { BUILTIN_DETECTORS, type DetectorName } from '../detect/builtin-detectors.ts';
import { createDetectorSet, type DetectorSet } from '../detect/detector-set.ts';
import type { Finding } from '../detect/detector.ts';
import { mergeFindings } from '../detect/merge-findings.ts';
import { decodeText, type DecodedText } from './decode-text.ts';
import { pendingOf } from './pending.ts';
import { findPrivateKeys } from './private-key.ts';
import type { VisibleText } from './visible-text.ts';

/** A value, where it is in the bytes as they came. */
export interface StreamFinding {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface StreamSearchResult {
  /** From left to right, not overlapping. */
  readonly findings: readonly StreamFinding[];
  /** From here on more bytes could change what is found. */
  readonly from: number;
  /** From here on there is so much of a value that it should not be shown. */
  readonly firmFrom: number;
}

interface Layer {
  readonly bytes: Buffer;
  readonly source: Uint32Array | null;
}

/** Where nothing can be found, only so much of the end is looked at: what is not decided is shorter. */
export const TAIL_BYTES = 384;

/** Looks for values in what is visible of a stream's bytes. */
export class StreamSearch {
  readonly #detectors: readonly DetectorName[];
  readonly #set: DetectorSet;

  constructor(detectors: readonly DetectorName[]) {
    this.#detectors = detectors;
    this.#set = createDetectorSet(detectors);
  }

  search(visible: VisibleText): StreamSearchResult {
    const plain = this.#searchLayer(visible, visible.complete);
    if (visible.joined === null) return plain;
    const joined = this.#searchLayer(visible.joined, visible.complete);
    return {
      findings: merge([...plain.findings, ...joined.findings]),
      from: Math.min(plain.from, joined.from),
      firmFrom: Math.min(plain.firmFrom, joined.firmFrom),
    };
  }

  /** All values in a text that is whole. */
  searchWhole(bytes: Buffer): readonly StreamFinding[] {
    if (!this.#set.mightContain(bytes)) return [];
    const decoded = decodeText(bytes);
    return this.#find(decoded.text).map((finding) => locate(finding, decoded, { bytes, source: null }));
  }

  #searchLayer(layer: Layer, end: number): StreamSearchResult {
    const isWorth = this.#set.mightContain(layer.bytes);
    const skipped = isWorth ? 0 : Math.max(0, layer.bytes.length - TAIL_BYTES);
    const decoded = decodeText(layer.bytes.subarray(skipped));
    const pending = pendingOf(this.#detectors, decoded.text);
    const rawOf = (unit: number) => {
      const at = skipped + (unit >= decoded.text.length ? decoded.complete : byteOf(decoded, unit));
      return at >= layer.bytes.length ? end : sourceOf(layer, at);
    };
    const findings = isWorth
      ? this.#find(decoded.text).map((finding) => locate(finding, decoded, layer))
      : [];
    return {
      findings,
      from: rawOf(pending.from),
      firmFrom: pending.firmFrom < decoded.text.length ? rawOf(pending.firmFrom) : Infinity,
    };
  }

  #find(text: string): readonly Finding[] {
    const findings: Finding[] = [];
    for (const name of this.#detectors) {
      const report = (start: number, end: number) => findings.push({ detector: name, start, end });
      if (name === 'private-key') findPrivateKeys(text, report);
      else BUILTIN_DETECTORS[name].find(text, report);
    }
    return mergeFindings(findings);
  }
}

function locate(finding: Finding, decoded: DecodedText, layer: Layer): StreamFinding {
  const last = (finding.end >= decoded.text.length ? decoded.complete : byteOf(decoded, finding.end)) - 1;
  return {
    start: sourceOf(layer, byteOf(decoded, finding.start)),
    end: sourceOf(layer, last) + 1,
    text: decoded.text.slice(finding.start, finding.end),
  };
}

function byteOf({ offsets }: DecodedText, unit: number): number {
  return offsets === null ? unit : (offsets[unit] ?? 0);
}

function sourceOf({ source }: Layer, at: number): number {
  return source === null ? at : (source[at] ?? 0);
}

/** Of those that overlap the longer one, stretched over both. */
function merge(findings: StreamFinding[]): readonly StreamFinding[] {
  const merged: StreamFinding[] = [];
  for (const finding of findings.sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || finding.start >= last.end) merged.push(finding);
    else {
      const { text } = finding.text.length > last.text.length ? finding : last;
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, finding.end), text };
    }
  }
  return merged;
}
