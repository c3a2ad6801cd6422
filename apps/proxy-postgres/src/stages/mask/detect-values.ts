import {
  detectedField,
  type FieldReplacement,
  type FormatCode,
  type PgValueKind,
} from '@sallyport/codec-postgres';
import type { StatementRun } from '../../loops/statement-run.ts';
import type { MaskRules } from './mask-rules.ts';

/** How the record says that a value was hidden because nobody can tell what is in it. */
const UNREADABLE = { what: 'unreadable', strategy: 'null' } as const;

/**
 * A column whose values are searched by detectors; null where none are in force.
 * What can be read and holds nothing passes as it came; what cannot be read
 * (binary values of extensions' types) becomes NULL.
 * @param typeOid 0: not known, as in a binary COPY
 */
export function detectIn(
  typeOid: number,
  format: FormatCode,
  run: StatementRun,
  rules: MaskRules,
): FieldReplacement | null {
  const { detectors } = rules;
  if (detectors.length === 0) return null;
  const seen = { findings: 0 };
  const replace = detectedField(typeOid, format, {
    // Most values hold nothing that could be found: a look at the bytes saves the decoding.
    mightContain: (bytes) => detectors.some((rule) => rule.detectors.mightContain(bytes)),
    mask: (text, kind) => {
      const masked = searchText(text, kind, run, rules);
      if (masked !== undefined) seen.findings++;
      return masked;
    },
  });
  return (source, start, end) => {
    const before = seen.findings;
    const replaced = replace(source, start, end);
    if (replaced === null && seen.findings === before)
      run.countMasked(UNREADABLE.what, UNREADABLE.strategy, 1);
    return replaced;
  };
}

/** undefined: nothing was found. */
function searchText(
  text: string,
  kind: PgValueKind,
  run: StatementRun,
  { detectors }: MaskRules,
): string | null | undefined {
  let current = text;
  for (const rule of detectors) {
    const { text: masked, findings } = rule.detectors.mask(current, rule.mask, kind);
    if (findings.length === 0) continue;
    run.countMasked(rule.what, rule.mask.strategy, findings.length);
    if (masked === null) return null;
    current = masked;
  }
  return current === text ? undefined : current;
}
