import type { StatementShape } from '@sallyport/proxy-kit';
import type { CompiledView, Effect } from '@sallyport/policy-sdk';
import type { SqlStatement } from '@sallyport/sql-inspect';
import { maskedUseEffects } from './masked-use.ts';

/** How a text reached the door, for policy and record. */
export type StatementKind = 'sql.simple' | 'sql.parse' | 'sql.execute';

/** A text that was understood: what its statements do. One object for each form of text, so that decisions can be kept by it. */
export class ClassifiedText {
  readonly statements: readonly SqlStatement[];
  readonly #role: string;
  readonly #shapes = new WeakMap<CompiledView, Map<StatementKind, StatementShape>>();

  constructor(statements: readonly SqlStatement[], role: string) {
    this.statements = statements;
    this.#role = role;
  }

  /** What policy decides on: the effects of all statements, and what they do with columns that the view masks. */
  shape(kind: StatementKind, view: CompiledView | null): StatementShape {
    if (view === null) return { kind, effects: this.#effects(null), effectiveRole: this.#role };
    let shapes = this.#shapes.get(view);
    if (shapes === undefined) {
      shapes = new Map();
      this.#shapes.set(view, shapes);
    }
    let shape = shapes.get(kind);
    if (shape === undefined) {
      shape = { kind, effects: this.#effects(view), effectiveRole: this.#role };
      shapes.set(kind, shape);
    }
    return shape;
  }

  #effects(view: CompiledView | null): readonly Effect[] {
    if (this.statements.length === 0) return NOTHING;
    const effects = this.statements.flatMap((statement) => [
      ...statement.effects,
      ...(view === null ? [] : maskedUseEffects(statement, view)),
    ]);
    return effects.length > MANY_EFFECTS ? distinct(effects) : effects;
  }
}

/** From here on a text is a script, and most of it says the same again. */
const MANY_EFFECTS = 100;

/** Each effect once: deciding on it, and recording it, a thousand times says no more. */
function distinct(effects: readonly Effect[]): readonly Effect[] {
  const known = new Map<string, Effect>();
  for (const effect of new Set(effects)) known.set(JSON.stringify(effect), effect);
  return [...known.values()];
}

/** An empty text does nothing; it counts as a read of nothing, as `SELECT 1` does. */
const NOTHING: readonly Effect[] = [{ action: 'sql.read', objects: [], readOnly: true }];
