import { maskedField, type FieldDescription, type FieldReplacement } from '@sallyport/codec-postgres';
import type { StatementRun } from '../../loops/statement-run.ts';
import type { MaskRules } from './mask-rules.ts';

/** A column whose values are searched by detectors; null where none are in force. */
export function detectIn(
  field: FieldDescription,
  run: StatementRun,
  rules: MaskRules,
): FieldReplacement | null {
  const { detectors } = rules;
  if (detectors.length === 0) return null;
  const search = maskedField(field.typeOid, field.format, (text, kind) => {
    let current = text;
    for (const rule of detectors) {
      const { text: masked, findings } = rule.detectors.mask(current, rule.mask, kind);
      if (findings.length === 0) continue;
      run.countMasked(rule.what, rule.mask.strategy, findings.length);
      if (masked === null) return null;
      current = masked;
    }
    return current === text ? undefined : current;
  });
  if (field.format === 'binary') return search;
  // Most values hold nothing that could be found: a look at the bytes saves the decoding.
  return (source, start, end) => {
    const bytes = source.subarray(start, end);
    return detectors.some((rule) => rule.detectors.mightContain(bytes))
      ? search(source, start, end)
      : undefined;
  };
}

/** As `detectIn`, for a text that stands alone (a field of COPY); undefined: nothing was found. */
export function detectInText(text: string, run: StatementRun, rules: MaskRules): string | null | undefined {
  let current = text;
  for (const rule of rules.detectors) {
    const { text: masked, findings } = rule.detectors.mask(current, rule.mask);
    if (findings.length === 0) continue;
    run.countMasked(rule.what, rule.mask.strategy, findings.length);
    if (masked === null) return null;
    current = masked;
  }
  return current === text ? undefined : current;
}
