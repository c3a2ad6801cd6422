import { formatAt, type Bind } from '@sallyport/codec-postgres';
import type { PreparedText } from '../stages/classify/session-environment.ts';
import type { BoundParameter } from '../stages/decide/statement-decider.ts';

const NONE: readonly BoundParameter[] = [];

/** The values of a Bind with what the Parse said of their types. */
export function bindParameters(bind: Bind, prepared: PreparedText): readonly BoundParameter[] {
  if (bind.parameters.length === 0) return NONE;
  return bind.parameters.map((value, index) => ({
    typeOid: prepared.parameterTypes[index] ?? 0,
    binary: formatAt(bind.parameterFormats, index) === 'binary',
    value,
  }));
}
