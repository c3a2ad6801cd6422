import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { create } from '@bufbuild/protobuf';
import { PrincipalKind, PrincipalSchema, SubjectSchema, type Subject } from '@sallyport/contracts/access';
import { PolicyMode, type Rule } from '@sallyport/contracts/policy';
import { allow, context, deny, hold, mask, policy, viewOf } from '../fixtures/view.ts';
import type { Policy } from '../manifest/policy.ts';
import { buildPolicyView, opensTarget } from './build-policy-view.ts';
import { matchesSubject } from './subject.ts';
import { selectsTarget } from './target-selector.ts';

const { principal, target } = context;

function subject(fields: Partial<Omit<Subject, '$typeName' | '$unknown'>>): Subject {
  return create(SubjectSchema, fields);
}

function policyOf(name: string, rules: Rule[], more: Partial<Policy> = {}): Policy {
  return {
    name,
    description: '',
    mode: PolicyMode.ENFORCE,
    subjects: [subject({ group: 'agents' })],
    targets: { names: ['*'], matchLabels: {} },
    rules,
    ...more,
  };
}

describe('matchesSubject', () => {
  it.each<[Partial<Omit<Subject, '$typeName' | '$unknown'>>, boolean]>([
    [{ user: 'reporter' }, true],
    [{ user: '*' }, true],
    [{ user: 'repor*' }, false],
    [{ user: 'Reporter' }, false],
    // Only the name counts: an issuer that lets users choose names must not let them be another's id.
    [{ user: 'p-1' }, false],
    [{ user: 'sub-1' }, false],
    [{ group: 'agents' }, true],
    [{ group: 'dba' }, false],
    [{ group: '*' }, false],
    [{ kind: PrincipalKind.AGENT }, true],
    [{ kind: PrincipalKind.USER }, false],
    [{ issuer: 'https://issuer.example' }, true],
    [{ issuer: 'https://issuer.example/' }, false],
    [{ claim: 'team=billing' }, true],
    [{ claim: 'team=other' }, false],
    [{ claim: 'roles=writer' }, true],
    [{ claim: 'roles=reader,writer' }, false],
    [{ claim: 'level=3' }, true],
    [{ claim: 'on_call=true' }, true],
    [{ claim: 'toString=x' }, false],
    [{ claim: 'team' }, false],
    [{ claim: '=billing' }, false],
    [{ group: 'agents', kind: PrincipalKind.AGENT, claim: 'team=billing' }, true],
    [{ group: 'agents', kind: PrincipalKind.USER }, false],
    [{ user: '*', issuer: 'https://other.example' }, false],
    [{}, false],
  ])('%j: %s', (fields, expected) => {
    expect(matchesSubject(subject(fields), principal)).toBe(expected);
  });

  it('matches nobody by a claim where there are no claims', () => {
    expect(matchesSubject(subject({ claim: 'a=b' }), create(PrincipalSchema, { name: 'x' }))).toBe(false);
  });
});

describe('selectsTarget', () => {
  it.each<[string[], Record<string, string>, boolean]>([
    [['shop'], {}, true],
    [['sh*'], {}, true],
    [['*'], {}, true],
    [['other', 'shop'], {}, true],
    [['other'], {}, false],
    [[], { env: 'production' }, true],
    [[], { env: 'production', region: 'eu' }, true],
    [[], { env: 'production', region: 'us' }, false],
    [[], { env: 'prod*' }, false],
    [[], { missing: '' }, false],
    [[], { constructor: 'x' }, false],
    [['shop'], { env: 'staging' }, false],
    [['other'], { env: 'production' }, false],
  ])('names %j, labels %j: %s', (names, matchLabels, expected) => {
    expect(selectsTarget({ names, matchLabels }, target)).toBe(expected);
  });
});

describe('buildPolicyView', () => {
  const reads = policyOf('reads', [allow('r', ['sql.read'])]);
  const others = policyOf('others', [deny('d', ['sql.*'])], { subjects: [subject({ group: 'dba' })] });
  const elsewhere = policyOf('elsewhere', [deny('d', ['sql.*'])], {
    targets: { names: ['other'], matchLabels: {} },
  });
  const candidate = policyOf('candidate', [deny('d', ['sql.*'])], { mode: PolicyMode.SHADOW });

  it('keeps the policies that are about the principal and the target, with their modes', () => {
    const view = buildPolicyView([reads, others, elsewhere, candidate], principal, target, {
      actions: ['sql.*'],
    });
    expect(view.policies).toMatchObject([
      { name: 'candidate', mode: PolicyMode.SHADOW },
      { name: 'reads', mode: PolicyMode.ENFORCE, rules: [{ name: 'r' }] },
    ]);
    expect(view.scope?.actions).toEqual(['sql.*']);
  });

  it('is about whoever any of the subjects means', () => {
    const either = policyOf('e', [], {
      subjects: [subject({ group: 'dba' }), subject({ kind: PrincipalKind.AGENT })],
    });
    expect(buildPolicyView([either], principal, target).policies).toHaveLength(1);
    const nobody = policyOf('n', [], { subjects: [] });
    expect(buildPolicyView([nobody], principal, target).policies).toHaveLength(0);
  });

  it('has a revision that changes with all that the view holds, and with nothing else', () => {
    const revision = (policies: Policy[], scope: string[] = []): string =>
      buildPolicyView(policies, principal, target, { actions: scope }).revision;
    const base = revision([reads, candidate]);
    expect(base).toMatch(/^[0-9a-f]{64}$/);
    expect(revision([candidate, reads])).toBe(base);
    expect(revision([reads, candidate, others, elsewhere])).toBe(base);
    const variants = [
      revision([reads]),
      revision([reads, { ...candidate, mode: PolicyMode.ENFORCE }]),
      revision([{ ...reads, name: 'x' }, candidate]),
      revision([policyOf('reads', [allow('r', ['sql.read'], ['public.*'])]), candidate]),
      revision([policyOf('reads', [allow('r', ['sql.read'], [], { when: 'true' })]), candidate]),
      revision([reads, candidate], ['sql.read']),
    ];
    expect(new Set([base, ...variants]).size).toBe(variants.length + 1);
  });

  it('gives the same revision with any SHA-256', () => {
    const native = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
    expect(buildPolicyView([reads], principal, target, undefined, native).revision).toBe(
      buildPolicyView([reads], principal, target).revision,
    );
  });
});

describe('opensTarget', () => {
  it.each<[string, Rule, PolicyMode, boolean]>([
    ['an allow', allow('a', ['sql.read']), PolicyMode.ENFORCE, true],
    ['a hold', hold('h', ['sql.read']), PolicyMode.ENFORCE, true],
    ['a deny', deny('d', ['sql.read']), PolicyMode.ENFORCE, false],
    ['a mask', mask('m', ['*.a']), PolicyMode.ENFORCE, false],
    ['an allow in shadow mode', allow('a', ['sql.read']), PolicyMode.SHADOW, false],
  ])('by %s', (_name, rule, mode, expected) => {
    expect(opensTarget(viewOf([policy('p', [rule], mode)]))).toBe(expected);
  });

  it('by nothing', () => {
    expect(opensTarget(viewOf([]))).toBe(false);
  });
});
