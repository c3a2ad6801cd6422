export {
  DEFAULT_KEEP,
  HIDDEN_CHARACTER,
  isMaskStrategy,
  MASK_STRATEGIES,
  REDACTED_TEXT,
  VALUE_KINDS,
  type ColumnMask,
  type MaskStrategy,
  type ValueKind,
} from './column-mask.ts';
export { DETECTOR_NAMES, isDetectorName, type DetectorName } from './detect/builtin-detectors.ts';
export type { CustomDetector } from './detect/custom-detector.ts';
export { createDetectorSet, type DetectorSet } from './detect/detector-set.ts';
export type { Finding, MaskedText } from './detect/detector.ts';
export { maskValue } from './mask-value.ts';
export { StreamMasker } from './stream/stream-masker.ts';
export type { TerminalSize } from './stream/visible-text.ts';
