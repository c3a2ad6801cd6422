import { AccessError } from '@sallyport/errors';
import type { ColumnMask, ValueKind } from '../column-mask.ts';
import { BUILTIN_DETECTORS, isDetectorName } from './builtin-detectors.ts';
import { asBuffer } from './byte-prefilter.ts';
import { compileDetector, type CustomDetector } from './custom-detector.ts';
import type { Detector, Finding, MaskedText } from './detector.ts';
import { HintFilter, isWorth, mayHaveEscapes } from './hint-filter.ts';
import { maskFindings } from './mask-findings.ts';
import { mergeFindings } from './merge-findings.ts';

/** Detectors that run together. Everything but construction is linear in its input and never throws. */
export interface DetectorSet {
  /** What was found, from left to right, not overlapping. */
  find(text: string): readonly Finding[];
  /** Hides what is found. In a text each finding is masked where it stands; a value of another kind as that kind needs. */
  mask(text: string, mask: ColumnMask, kind?: ValueKind): MaskedText;
  /**
   * Whether {@link find} could find something in the text that these bytes
   * hold, as UTF-8 and whatever frames around it. For all traffic: it decodes nothing. Binary
   * number formats hold no text; decode those first.
   */
  mightContain(bytes: Uint8Array): boolean;
}

/** JSON may write any ASCII character like this. */
const JSON_ESCAPE = '\\u00';

/**
 * Detectors by their names in policies, and an administrator's own. Throws
 * `masking_not_possible` for a name that is not known and a pattern that does
 * not compile: unknown means no.
 */
export function createDetectorSet(
  names: readonly string[],
  customDetectors: readonly CustomDetector[] = [],
): DetectorSet {
  const detectors = [...new Set(names)].map(builtin).concat(customDetectors.map(compileDetector));
  const filter = new HintFilter(detectors);
  const indexed = [...detectors.entries()];
  const find = (text: string): readonly Finding[] => findAll(detectors, text);
  return {
    find,
    mask: (text, mask, kind = 'text') => maskFindings(text, kind, mask, find),
    mightContain: (bytes) => {
      const bits = filter.glance(bytes);
      for (const [index, detector] of indexed) {
        if (isWorth(bits, index) && detector.mightContain(bytes)) return true;
      }
      return indexed.length > 0 && mayHaveEscapes(bits) && asBuffer(bytes).includes(JSON_ESCAPE);
    },
  };
}

function builtin(name: string): Detector {
  if (isDetectorName(name)) return BUILTIN_DETECTORS[name];
  throw new AccessError('masking_not_possible', `There is no detector "${name}".`, {
    next: 'Ask an administrator to correct the policy.',
  });
}

function findAll(detectors: readonly Detector[], text: string): readonly Finding[] {
  const findings: Finding[] = [];
  for (const detector of detectors) {
    detector.find(text, (start, end) => findings.push({ detector: detector.name, start, end }));
  }
  return mergeFindings(findings);
}
