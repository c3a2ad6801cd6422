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
export { maskValue } from './mask-value.ts';
export type { Finding } from './detect/detector.ts';
