import type { CreateFunctionStmt, FunctionParameter, Node } from 'libpg-query';
import { stringOf, stringsOf } from '../parser/ast.ts';

/** An input parameter; its place in the list is its position. */
export interface InputParameter {
  /** '' where it has none. */
  readonly name: string;
  /** Takes all further arguments too. */
  readonly isVariadic: boolean;
  readonly fallback: Node | undefined;
}

/** The parts of a CREATE FUNCTION that say what it does. */
export interface ReadFunction {
  readonly language: string;
  /** Text of AS; undefined where the body is SQL-standard. */
  readonly text: string | undefined;
  /** A SQL-standard body (RETURN or BEGIN ATOMIC), which is bound to its objects when it is made. */
  readonly body: Node | undefined;
  readonly inputs: readonly InputParameter[];
  /** Names of OUT, INOUT and TABLE parameters. */
  readonly outputs: readonly string[];
  /** search_path that its SET clause gives; undefined where it runs with the caller's. */
  readonly searchPath: readonly string[] | undefined;
  readonly isSecurityDefiner: boolean;
}

/** Reads a CREATE FUNCTION. */
export function readFunction(create: CreateFunctionStmt): ReadFunction {
  const parameters = (create.parameters ?? []).flatMap((node) =>
    'FunctionParameter' in node ? [node.FunctionParameter] : [],
  );
  const options = new Map<string, Node | undefined>();
  let searchPath: readonly string[] | undefined;
  for (const node of create.options ?? []) {
    if (!('DefElem' in node)) continue;
    const { defname, arg } = node.DefElem;
    if (defname === 'set') searchPath = searchPathOf(arg) ?? searchPath;
    else options.set(defname ?? '', arg);
  }
  const as = options.get('as');
  return {
    language: (stringOf(options.get('language')) ?? 'sql').toLowerCase(),
    text: as !== undefined && 'List' in as ? stringsOf(as.List.items)[0] : undefined,
    body: create.sql_body,
    inputs: parameters.filter(isInput).map(({ name, mode, defexpr }) => ({
      name: name ?? '',
      isVariadic: mode === 'FUNC_PARAM_VARIADIC',
      fallback: defexpr,
    })),
    outputs: parameters.filter(isOutput).map((parameter) => parameter.name ?? ''),
    searchPath,
    isSecurityDefiner: isTrue(options.get('security')),
  };
}

function isInput({ mode }: FunctionParameter): boolean {
  return mode !== 'FUNC_PARAM_OUT' && mode !== 'FUNC_PARAM_TABLE';
}

function isOutput({ mode }: FunctionParameter): boolean {
  return mode === 'FUNC_PARAM_OUT' || mode === 'FUNC_PARAM_INOUT' || mode === 'FUNC_PARAM_TABLE';
}

function isTrue(node: Node | undefined): boolean {
  return node !== undefined && 'Boolean' in node && node.Boolean.boolval === true;
}

function searchPathOf(node: Node | undefined): readonly string[] | undefined {
  if (node === undefined || !('VariableSetStmt' in node)) return undefined;
  const { name, args } = node.VariableSetStmt;
  if (name?.toLowerCase() !== 'search_path') return undefined;
  return (args ?? []).flatMap((arg) => ('A_Const' in arg ? [arg.A_Const.sval?.sval ?? ''] : []));
}
