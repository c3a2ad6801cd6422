import type { ASTNode } from '@marcbachmann/cel-js';
import type { Frame, Node } from './frame.ts';
import type { Scope } from './compile-node.ts';
import { countNodes } from './syntax.ts';
import { Failure, isList, isObject, typeName, type Outcome, type Value } from './value.ts';

/** Runs the body for one element; what it costs is paid before. */
type Body = (frame: Frame, element: Value) => Outcome;
type Macro = (frame: Frame, elements: readonly Value[], body: Body) => Outcome;

const NOT_A_BOOL = new Failure('the condition of a macro is not a bool');
const UNKNOWN = new Failure('it uses a macro that is not known');

/** Compiles `receiver.name(variable, body)`. Every round is paid for, so that nesting cannot run away. */
export function compileMacro(
  name: string,
  receiverNode: ASTNode,
  args: readonly ASTNode[],
  scope: Scope,
  compile: (node: ASTNode, scope: Scope) => Node,
): Node {
  const macro = MACRO_BODIES[name];
  const [variable, bodyNode] = args;
  if (macro === undefined || variable?.op !== 'id' || bodyNode === undefined) return () => UNKNOWN;
  const slot = scope.size;
  const receiver = compile(receiverNode, scope);
  const inner = compile(bodyNode, withVariable(scope, variable.args, slot));
  const cost = 1 + countNodes(bodyNode);
  const body: Body = (frame, element) => {
    const spent = frame.spend(cost);
    if (spent !== undefined) return spent;
    frame.slots[slot] = element;
    return inner(frame);
  };
  return (frame) => {
    const value = receiver(frame);
    if (value instanceof Failure) return value;
    if (isList(value)) return macro(frame, value, body);
    if (isObject(value)) {
      const keys = Object.keys(value);
      return frame.spend(keys.length) ?? macro(frame, keys, body);
    }
    return new Failure(`${name}() cannot go through ${typeName(value)}`);
  };
}

/** A variable of the same name further out keeps its slot and is hidden. */
function withVariable(scope: Scope, name: string, slot: number): Scope {
  const inner = new Map(scope);
  // The size of a scope is the next free slot, so a hidden name must stay counted.
  if (inner.has(name)) inner.set(`${name}#${slot}`, inner.get(name) ?? 0);
  return inner.set(name, slot);
}

/** all and exists: an element that settles the answer settles it, even after others failed. */
function quantify(settles: boolean): Macro {
  return (frame, elements, body) => {
    let failure: Failure | undefined;
    for (const element of elements) {
      const answer = body(frame, element);
      if (answer === settles) return settles;
      if (answer instanceof Failure) {
        if (answer.final) return answer;
        failure ??= answer;
      } else if (typeof answer !== 'boolean') {
        failure ??= NOT_A_BOOL;
      }
    }
    return failure ?? !settles;
  };
}

function filter(frame: Frame, elements: readonly Value[], body: Body): readonly Value[] | Failure {
  const kept: Value[] = [];
  for (const element of elements) {
    const answer = body(frame, element);
    if (answer instanceof Failure) return answer;
    if (typeof answer !== 'boolean') return NOT_A_BOOL;
    if (answer) kept.push(element);
  }
  return kept;
}

const MACRO_BODIES: Readonly<Record<string, Macro>> = {
  all: quantify(false),
  exists: quantify(true),
  exists_one: (frame, elements, body) => {
    const kept = filter(frame, elements, body);
    return kept instanceof Failure ? kept : kept.length === 1;
  },
  filter,
  map: (frame, elements, body) => {
    const mapped: Value[] = [];
    for (const element of elements) {
      const value = body(frame, element);
      if (value instanceof Failure) return value;
      mapped.push(value);
    }
    return mapped;
  },
};
