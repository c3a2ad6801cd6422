import { describe, expect, it } from '@jest/globals';
import { bypassRows } from '../../../test/bypass-fixture.ts';
import { fixtureEnvironment } from '../../../test/fixture-catalog.ts';
import { parserNodes } from '../../../test/parser-nodes.ts';
import { Analysis } from '../analysis/analysis.ts';
import { rootScope } from '../lineage/scope.ts';
import { nodesBelow, tagOf } from '../parser/ast.ts';
import { parseSql } from '../parser/parse-sql.ts';
import { EXPRESSIONS } from '../query/expression-nodes.ts';
import { STATEMENTS, statementEffects } from './statement-effects.ts';

/** Nodes named like statements that the grammar never gives as one: made by the analyser, or PL/pgSQL only. */
const NOT_STATEMENTS = ['RawStmt', 'SetOperationStmt', 'PLAssignStmt'];

/** Statements that only stand inside others: in a function body, as a part of ALTER TABLE. */
const NEVER_ALONE = ['ReturnStmt', 'ReplicaIdentityStmt'];

const CORPUS = bypassRows().flatMap(({ sql }) => {
  const parsed = parseSql(sql);
  return parsed.ok ? parsed.statements.map(({ node }) => node) : [];
});

describe('statement nodes', () => {
  it('are each mapped deliberately: the tables name exactly the statements of the parser', () => {
    const statements = parserNodes().filter(
      (name) => name.endsWith('Stmt') && !NOT_STATEMENTS.includes(name),
    );
    expect(statements.length).toBeGreaterThan(110);
    expect(Object.keys(STATEMENTS).sort()).toEqual(statements.sort());
  });

  it('are each in the bypass corpus', () => {
    const seen = new Set(CORPUS.map(tagOf));
    const missing = Object.keys(STATEMENTS).filter(
      (name) => !seen.has(name as never) && !NEVER_ALONE.includes(name),
    );
    expect(missing).toEqual([]);
  });

  it('that nothing knows are sql.unknown, with rows of unknown columns', () => {
    const analysis = new Analysis(fixtureEnvironment());
    const result = statementEffects({ RawStmt: {} }, rootScope(analysis));
    expect(analysis.summary().effects).toEqual([
      { action: 'sql.unknown', objects: [{ kind: 'object', name: 'RawStmt' }], readOnly: false },
    ]);
    expect(analysis.opaque).toBe(true);
    expect(result).toMatchObject({ returnsRows: true, columns: { open: { unknown: true } } });
  });
});

describe('expression nodes', () => {
  it('are each in a statement of the corpus', () => {
    const seen = new Set<string>();
    for (const node of CORPUS) for (const inner of nodesBelow(node)) seen.add(tagOf(inner) ?? '');
    const missing = Object.keys(EXPRESSIONS).filter((name) => !seen.has(name) && !EMBEDDED.includes(name));
    expect(missing).toEqual([]);
  });
});

/** Nodes that the parser writes without their tag, as fields of others. */
const EMBEDDED = ['JsonAggConstructor', 'JsonBehavior', 'JsonKeyValue', 'JsonArgument', 'JsonValueExpr'];
