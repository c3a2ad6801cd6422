import {
  isReadOnlyAction,
  type SqlAction,
  type SqlEffect,
  type SqlObject,
  type SqlObjectKind,
} from '../../model/effect.ts';

interface ObjectEntry {
  readonly kind: SqlObjectKind;
  readonly name: string;
  /** Undefined: the whole object. */
  parts: Set<string> | undefined;
}

/** The effects of a statement while they are gathered: each action once, each object of it once. */
export class EffectSet {
  readonly #actions = new Map<SqlAction, Map<string, ObjectEntry>>();

  /** An action without an object. */
  addAction(action: SqlAction): void {
    this.#objectsOf(action);
  }

  /** An action on a whole object. */
  add(action: SqlAction, kind: SqlObjectKind, name: string): void {
    const objects = this.#objectsOf(action);
    const entry = objects.get(keyOf(kind, name));
    if (entry === undefined) objects.set(keyOf(kind, name), { kind, name, parts: undefined });
    else entry.parts = undefined;
  }

  /** An action on some parts of an object; parts add up, and the whole object swallows them. */
  addParts(action: SqlAction, kind: SqlObjectKind, name: string, parts: Iterable<string>): void {
    const objects = this.#objectsOf(action);
    const entry = objects.get(keyOf(kind, name));
    if (entry === undefined) objects.set(keyOf(kind, name), { kind, name, parts: new Set(parts) });
    else if (entry.parts !== undefined) for (const part of parts) entry.parts.add(part);
  }

  /** All effects of another set, each action passed through `rename` (undefined drops it). */
  addFrom(other: readonly SqlEffect[], rename: (action: SqlAction) => SqlAction | undefined = same): void {
    for (const effect of other) {
      const action = rename(effect.action);
      if (action === undefined) continue;
      this.addAction(action);
      for (const object of effect.objects) {
        if (object.parts === undefined || action !== effect.action)
          this.add(action, object.kind, object.name);
        else this.addParts(action, object.kind, object.name, object.parts);
      }
    }
  }

  /** Gives one action the objects of another as well. */
  copyObjects(from: SqlAction, to: SqlAction): void {
    for (const { kind, name, parts } of this.#objectsOf(from).values()) {
      if (parts === undefined) this.add(to, kind, name);
      else this.addParts(to, kind, name, parts);
    }
  }

  has(action: SqlAction): boolean {
    return this.#actions.has(action);
  }

  toEffects(): readonly SqlEffect[] {
    const effects: SqlEffect[] = [];
    for (const [action, objects] of this.#actions) {
      effects.push({
        action,
        objects: Array.from(objects.values(), toObject),
        readOnly: isReadOnlyAction(action),
      });
    }
    return effects;
  }

  #objectsOf(action: SqlAction): Map<string, ObjectEntry> {
    let objects = this.#actions.get(action);
    if (objects === undefined) this.#actions.set(action, (objects = new Map<string, ObjectEntry>()));
    return objects;
  }
}

function same(action: SqlAction): SqlAction {
  return action;
}

function keyOf(kind: SqlObjectKind, name: string): string {
  return `${kind} ${name}`;
}

function toObject({ kind, name, parts }: ObjectEntry): SqlObject {
  return parts === undefined || parts.size === 0 ? { kind, name } : { kind, name, parts: [...parts].sort() };
}
