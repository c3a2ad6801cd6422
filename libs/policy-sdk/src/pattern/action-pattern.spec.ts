import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { actionPatternProblem, grantsAction, isUnknownAction, reachesAction } from './action-pattern.ts';

const segment = fc.constantFrom('sql', 'read', 'unknown', 'predicate', 'ddl', 'drop');
const action = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join('.'));
const pattern = fc.oneof(
  fc.constant('*'),
  action,
  action.map((prefix) => `${prefix}.*`),
);

describe('action patterns', () => {
  it.each([
    ['sql.read', 'sql.read', true],
    ['sql.*', 'sql.read', true],
    ['sql.*', 'sql.read.predicate', true],
    ['*', 'k8s.get', true],
    ['sql.read.*', 'sql.read.predicate', true],
    // A sub-action needs a grant of its own.
    ['sql.read', 'sql.read.predicate', false],
    ['sql.read.*', 'sql.read', false],
    ['sql.*', 'sql', false],
    ['sql.*', 'sqlx.read', false],
    ['sql.read', 'SQL.READ', false],
    ['sql.rea', 'sql.read', false],
    // What could not be told is granted by its exact name only.
    ['sql.*', 'sql.unknown', false],
    ['*', 'sql.unknown', false],
    ['sql.unknown', 'sql.unknown', true],
    ['sql.*', 'sql.unknown.more', false],
    ['*', '', false],
    ['', '', false],
  ])('a grant of %s covers %s: %s', (granted, asked, expected) => {
    expect(grantsAction(granted, asked)).toBe(expected);
  });

  it.each([
    ['sql.read', 'sql.read', true],
    ['sql.read', 'sql.read.predicate', true],
    ['sql.ddl', 'sql.ddl.drop', true],
    ['sql.*', 'sql.unknown', true],
    ['*', 'sql.unknown', true],
    ['*', '', true],
    ['sql.read', 'sql.reads', false],
    ['sql.read.predicate', 'sql.read', false],
    ['sql.*', 'ssh.exec', false],
  ])('a restriction of %s reaches %s: %s', (denied, asked, expected) => {
    expect(reachesAction(denied, asked)).toBe(expected);
  });

  it('reaches at least as far as it grants', () => {
    fc.assert(
      fc.property(pattern, action, (each, asked) => {
        expect(grantsAction(each, asked) && !reachesAction(each, asked)).toBe(false);
      }),
    );
  });

  it.each([
    'sql.read',
    'sql.*',
    '*',
    'sql.read.*',
    'http.GET',
    'mcp.tools.call',
    'k8s.deletecollection',
    'a_b.c-d',
  ])('accepts %s', (accepted) => {
    expect(actionPatternProblem(accepted)).toBeUndefined();
  });

  it.each([
    '',
    'sql*',
    '*.read',
    'sql.*.read',
    'sql..read',
    '.sql',
    'sql.',
    'sql.re*',
    '**',
    'sql read',
    'sql.**',
    'a'.repeat(300),
  ])('refuses "%s"', (refused) => {
    expect(actionPatternProblem(refused)).toBeDefined();
  });

  it('knows what could not be told', () => {
    expect(['sql.unknown', 'unknown', '', 'k8s.unknown.x'].every(isUnknownAction)).toBe(true);
    expect(['sql.read', 'sql.unknowns', 'http.unknownish'].some(isUnknownAction)).toBe(false);
  });
});
