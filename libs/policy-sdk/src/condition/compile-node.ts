import type { ASTNode } from '@marcbachmann/cel-js';
import { RE2JS } from 're2js';
import { isRootName, type Frame, type Node } from './frame.ts';
import { FUNCTIONS, METHODS, type Builtin } from './functions.ts';
import { compileMacro } from './macros.ts';
import { networkContains, parseNetwork } from './network.ts';
import { BINARY_OPERATORS, checkedInt } from './operators.ts';
import { MACROS, literalText } from './syntax.ts';
import { isTimeField, readTimeField, utcCalendar, zonedCalendar } from './timestamp-fields.ts';
import { Failure, isList, isObject, ownValue, typeName, type Outcome, type Value } from './value.ts';

/** Iteration variables in scope, by the slot that holds their value. */
export type Scope = ReadonlyMap<string, number>;

const UNKNOWN = new Failure('it holds something that cannot be evaluated');

/** Turns a checked expression into a closure. Total: what should not be there fails when it is evaluated. */
export function compileNode(node: ASTNode, scope: Scope): Node {
  switch (node.op) {
    case 'value': {
      const value = node.args;
      if (typeof value === 'object' && value !== null) return () => UNKNOWN;
      return () => value;
    }
    case 'id':
      return compileName(node.args, scope);
    case '.':
      return compileMember(compileNode(node.args[0], scope), node.args[1]);
    case '[]':
      return compileIndex(compileNode(node.args[0], scope), compileNode(node.args[1], scope));
    case 'list':
      return compileList(node.args.map((element) => compileNode(element, scope)));
    case '?:':
      return compileTernary(node.args.map((part) => compileNode(part, scope)));
    case '||':
    case '&&':
      return compileLogical(
        node.op === '||',
        compileNode(node.args[0], scope),
        compileNode(node.args[1], scope),
      );
    case '!_':
      return compileUnary(compileNode(node.args, scope), negateBool);
    case '-_':
      return compileUnary(compileNode(node.args, scope), negateNumber);
    case 'call':
      return compileCall(node.args[0], node.args[1], scope);
    case 'rcall':
      return compileMethod(node.args[0], node.args[1], node.args[2], scope);
    case 'map':
    case '.?':
    case '[?]':
      return () => UNKNOWN;
    default:
      return compileBinary(node.op, compileNode(node.args[0], scope), compileNode(node.args[1], scope));
  }
}

function compileName(name: string, scope: Scope): Node {
  const slot = scope.get(name);
  if (slot !== undefined) return (frame) => frame.slots[slot] ?? null;
  if (isRootName(name)) return (frame) => frame.roots.read(name);
  return () => UNKNOWN;
}

function compileMember(object: Node, key: string): Node {
  const missing = new Failure(`no such key: ${key}`);
  return (frame) => {
    const value = object(frame);
    if (value instanceof Failure) return value;
    if (!isObject(value)) return new Failure(`${typeName(value)} has no key ${key}`);
    return ownValue(value, key) ?? (Object.hasOwn(value, key) ? null : missing);
  };
}

function compileIndex(object: Node, index: Node): Node {
  return (frame) => {
    const value = object(frame);
    if (value instanceof Failure) return value;
    const key = index(frame);
    if (key instanceof Failure) return key;
    if (isList(value) && (typeof key === 'bigint' || typeof key === 'number')) {
      return (
        value[Number(key)] ?? (Number(key) in value ? null : new Failure('a list index is out of range'))
      );
    }
    if (isObject(value) && typeof key === 'string') return ownValue(value, key) ?? new Failure('no such key');
    return new Failure(`${typeName(value)} cannot be indexed with ${typeName(key)}`);
  };
}

function compileList(elements: readonly Node[]): Node {
  return (frame) => {
    const values: Value[] = [];
    for (const element of elements) {
      const value = element(frame);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    return values;
  };
}

function compileTernary(parts: readonly Node[]): Node {
  const [condition, whenTrue, whenFalse] = parts;
  if (condition === undefined || whenTrue === undefined || whenFalse === undefined) return () => UNKNOWN;
  return (frame) => {
    const chosen = condition(frame);
    if (chosen === true) return whenTrue(frame);
    if (chosen === false) return whenFalse(frame);
    return chosen instanceof Failure ? chosen : new Failure('the condition of ?: is not a bool');
  };
}

/**
 * `||` and `&&` as CEL has them: one side that settles the answer settles it,
 * even where the other one fails.
 */
function compileLogical(settles: boolean, left: Node, right: Node): Node {
  return (frame) => {
    const first = asBool(left(frame));
    if (first === settles) return settles;
    if (first instanceof Failure && first.final) return first;
    const second = asBool(right(frame));
    if (second === settles) return settles;
    if (second instanceof Failure && second.final) return second;
    return first instanceof Failure ? first : second;
  };
}

const NOT_A_BOOL = new Failure('a side of && or || is not a bool');

function asBool(outcome: Outcome): boolean | Failure {
  return typeof outcome === 'boolean' || outcome instanceof Failure ? outcome : NOT_A_BOOL;
}

function negateBool(value: Value): Outcome {
  return typeof value === 'boolean' ? !value : new Failure(`"!" cannot take ${typeName(value)}`);
}

function negateNumber(value: Value): Outcome {
  if (typeof value === 'bigint') return checkedInt(-value);
  return typeof value === 'number' ? -value : new Failure(`"-" cannot take ${typeName(value)}`);
}

function compileUnary(operand: Node, apply: (value: Value) => Outcome): Node {
  return (frame) => {
    const value = operand(frame);
    return value instanceof Failure ? value : apply(value);
  };
}

function compileBinary(operator: string, left: Node, right: Node): Node {
  const apply = BINARY_OPERATORS[operator];
  if (apply === undefined) return () => UNKNOWN;
  return (frame) => {
    const first = left(frame);
    if (first instanceof Failure) return first;
    const second = right(frame);
    return second instanceof Failure ? second : apply(frame, first, second);
  };
}

function compileCall(name: string, args: readonly ASTNode[], scope: Scope): Node {
  if (name === 'has') return compileHas(args[0], scope);
  return applyBuiltin(FUNCTIONS[`${name}/${args.length}`], args, scope);
}

/** has(a.b): whether the key is there; that `a` is there is taken for granted, as CEL does. */
function compileHas(node: ASTNode | undefined, scope: Scope): Node {
  if (node?.op !== '.') return () => UNKNOWN;
  const [objectNode, key] = node.args;
  const object = compileNode(objectNode, scope);
  return (frame) => {
    const value = object(frame);
    if (value instanceof Failure) return value;
    return isObject(value) ? Object.hasOwn(value, key) : new Failure(`${typeName(value)} has no keys`);
  };
}

function compileMethod(name: string, receiver: ASTNode, args: readonly ASTNode[], scope: Scope): Node {
  if (MACROS.has(name)) return compileMacro(name, receiver, args, scope, compileNode);
  const literal = literalText(args[0]);
  if (name === 'matches') return applyBuiltin(matchesBuiltin(literal ?? ''), [receiver], scope);
  if (name === 'inNetwork') return applyBuiltin(inNetworkBuiltin(literal ?? ''), [receiver], scope);
  if (isTimeField(name)) {
    const calendar = literal === undefined ? utcCalendar : zonedCalendar(literal);
    if (calendar === undefined) return () => UNKNOWN;
    const read = readTimeField(name, calendar);
    return applyBuiltin((frame, [value]) => frame.spend(100) ?? read(value ?? null), [receiver], scope);
  }
  return applyBuiltin(METHODS[`${name}/${args.length}`], [receiver, ...args], scope);
}

function applyBuiltin(builtin: Builtin | undefined, args: readonly ASTNode[], scope: Scope): Node {
  if (builtin === undefined) return () => UNKNOWN;
  const collect = compileList(args.map((arg) => compileNode(arg, scope)));
  return (frame: Frame) => {
    const values = collect(frame);
    if (values instanceof Failure) return values;
    return isList(values) ? builtin(frame, values) : UNKNOWN;
  };
}

/** Regular expressions run on RE2: linear in the text, whatever the pattern. */
function matchesBuiltin(pattern: string): Builtin {
  const regex = RE2JS.compile(pattern);
  const programSize = regex.programSize();
  return (frame, [text]) => {
    if (typeof text !== 'string') return new Failure(`matches() cannot take ${typeName(text ?? null)}`);
    // At worst each character meets each instruction of the program.
    return frame.spend(20 + Math.ceil((text.length * programSize) / 32)) ?? regex.test(text);
  };
}

function inNetworkBuiltin(block: string): Builtin {
  const network = parseNetwork(block);
  return (frame, [address]) => {
    if (typeof address !== 'string' || network === undefined)
      return new Failure('inNetwork() needs an address');
    return (
      frame.spend(10) ?? networkContains(network, address) ?? new Failure('inNetwork() was given no address')
    );
  };
}
