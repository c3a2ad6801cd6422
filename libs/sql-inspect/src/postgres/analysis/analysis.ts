import type { SqlEffect } from '../../model/effect.ts';
import type { SqlEnvironment } from '../../model/environment.ts';
import type { RelationTouch, RoleChange, SettingChange } from '../../model/inspection.ts';
import type { CatalogRelation } from '../../model/catalog.ts';
import { NO_SOURCES, union, withArguments, type Sources } from '../lineage/sources.ts';
import { EffectSet } from './effect-set.ts';
import { SearchPath } from '../relation/search-path.ts';
import { relationName } from '../relation/relation-name.ts';

/** What was found out about a view, a function body or a statement; immutable, so it can be kept and merged again. */
export interface AnalysisSummary {
  readonly effects: readonly SqlEffect[];
  /** The part of the effects that comes from bodies of functions, which may run even when a statement is only planned. */
  readonly codeEffects: readonly SqlEffect[];
  readonly predicate: Sources;
  readonly derived: Sources;
  readonly touches: readonly RelationTouch[];
  readonly unresolved: readonly string[];
  readonly settings: readonly SettingChange[];
  readonly roleChange: RoleChange | undefined;
  readonly opaque: boolean;
  readonly callsCode: boolean;
  readonly sessionSensitive: boolean;
  readonly changesCatalog: boolean;
}

/** Deepest expression, subquery, view and function nesting followed; beyond it the text is refused. */
const MAX_DEPTH = 1_000;

/** Thrown inside this library only; `inspectSql` answers `too-complex`. */
export class TooComplex extends Error {}

/**
 * Gathers what one statement (or one view or function body) does. Passed down
 * through everything that walks the tree; only ever added to, so that no order
 * of walking can lose an effect.
 */
export class Analysis {
  readonly env: SqlEnvironment;
  readonly path: SearchPath;
  readonly effects = new EffectSet();
  readonly codeEffects = new EffectSet();
  readonly settings: SettingChange[] = [];
  readonly parameters = new Set<number>();
  readonly unresolved = new Set<string>();
  predicate: Sources = NO_SOURCES;
  derived: Sources = NO_SOURCES;
  roleChange: RoleChange | undefined;
  literalSensitive = false;
  changesCatalog = false;
  opaque = false;
  /** What is walked is stored as a view, and not the text of whoever reads through it. */
  readonly isViewDefinition: boolean;
  /** A function of a user's is called, whatever it does. */
  callsCode = false;
  /** The answer depends on the session's prepared statements or cursors. */
  sessionSensitive = false;
  /** Set where later names cannot be trusted although no DDL effect says which (DISCARD, the end of a transaction). */
  forgetsNames = false;
  /** Names that a rename gives, besides those that DDL effects name. */
  readonly renamedTo = new Set<string>();
  readonly #touches = new Map<string, RelationTouch>();
  #depth = 0;

  constructor(env: SqlEnvironment, isViewDefinition = false) {
    this.env = env;
    this.isViewDefinition = isViewDefinition;
    this.path = new SearchPath(env);
  }

  /** Runs `walk` one level deeper; bounded, so that hostile nesting ends in a clean refusal. */
  nested<R>(walk: () => R): R {
    if (++this.#depth > MAX_DEPTH) throw new TooComplex();
    try {
      return walk();
    } finally {
      this.#depth--;
    }
  }

  addPredicate(sources: Sources): void {
    this.predicate = union(this.predicate, sources);
  }

  addDerived(sources: Sources): void {
    this.derived = union(this.derived, sources);
  }

  /** A name that the catalog does not know, or knows twice: refused until a fresh catalog knows it. */
  addUnresolved(name: string): void {
    this.unresolved.add(name);
    this.effects.add('sql.unknown', 'object', name);
  }

  /** Code or text that cannot be read will run. */
  addOpaqueCall(functionName: string): void {
    this.opaque = true;
    this.effects.add('sql.call', 'function', functionName);
  }

  /** A setting that changes, as its effect and for the proxy to follow. */
  addSetting(change: SettingChange): void {
    this.settings.push(change);
    if (change.name === 'role' || change.name === 'session_authorization') {
      const kind = change.name === 'role' ? 'role' : 'session-authorization';
      const role = change.value?.[0];
      const back = kind === 'role' ? 'none' : 'default';
      this.roleChange = change.kind === 'reset' || role === back ? { kind: 'reset' } : { kind, role };
      this.effects.add('sql.session.role', 'role', this.roleChange.kind === 'reset' ? 'none' : (role ?? '*'));
      return;
    }
    if (change.name === '*') this.effects.add('sql.session.role', 'role', '*');
    this.effects.add('sql.session.set', 'setting', change.name);
  }

  touch(relation: CatalogRelation, mode: RelationTouch['mode']): void {
    const key = `${relation.oid} ${mode}`;
    if (!this.#touches.has(key))
      this.#touches.set(key, { name: relationName(relation), oid: relation.oid, mode });
  }

  merge(summary: AnalysisSummary, args: readonly Sources[] = [], allArgs: Sources = NO_SOURCES): void {
    this.effects.addFrom(summary.effects);
    this.codeEffects.addFrom(summary.codeEffects);
    this.addPredicate(withArguments(summary.predicate, args, allArgs));
    this.addDerived(withArguments(summary.derived, args, allArgs));
    for (const touch of summary.touches) this.#touches.set(`${touch.oid} ${touch.mode}`, touch);
    for (const name of summary.unresolved) this.unresolved.add(name);
    this.settings.push(...summary.settings);
    this.roleChange = summary.roleChange ?? this.roleChange;
    this.opaque ||= summary.opaque;
    this.callsCode ||= summary.callsCode;
    this.sessionSensitive ||= summary.sessionSensitive;
    this.changesCatalog ||= summary.changesCatalog;
  }

  summary(): AnalysisSummary {
    return {
      effects: this.effects.toEffects(),
      codeEffects: this.codeEffects.toEffects(),
      predicate: this.predicate,
      derived: this.derived,
      touches: [...this.#touches.values()],
      unresolved: [...this.unresolved],
      settings: this.settings,
      roleChange: this.roleChange,
      opaque: this.opaque,
      callsCode: this.callsCode,
      sessionSensitive: this.sessionSensitive,
      changesCatalog: this.changesCatalog,
    };
  }
}
