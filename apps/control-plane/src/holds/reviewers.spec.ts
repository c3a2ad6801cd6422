import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { HoldRequirementSchema, PrincipalSchema, type Principal } from '@sallyport/contracts/access';
import { isQuorum, reviewRefusal } from './reviewers.ts';

const person = (id: string, groups: string[] = [], chain: string[] = []): Principal =>
  create(PrincipalSchema, { id, name: id, groups, delegationChain: chain.map((of) => ({ id: of })) });

const requirement = (...groups: [group: string, count: number][]) =>
  create(HoldRequirementSchema, {
    approverGroups: groups.map(([group, count]) => ({ anyOf: [{ group }], count })),
  });

describe('who may review', () => {
  const dba = requirement(['dba', 1]);

  it('is an approver that a rule names', () => {
    expect(
      reviewRefusal({ principal: person('asker'), requirement: dba }, person('dan', ['dba'])),
    ).toBeUndefined();
    expect(reviewRefusal({ principal: person('asker'), requirement: dba }, person('eve', ['analysts']))).toBe(
      'not-an-approver',
    );
  });

  it('is never who asked, nor anyone whom they act for, nor anyone who acts for them or for the same origin', () => {
    const agent = person('agent', [], ['origin', 'middle']);
    for (const reviewer of [
      person('agent', ['dba']),
      person('origin', ['dba']),
      person('middle', ['dba']),
      person('sub-agent', ['dba'], ['agent']),
      person('sibling', ['dba'], ['origin']),
    ]) {
      expect(reviewRefusal({ principal: agent, requirement: dba }, reviewer)).toBe('own-statement');
    }
  });

  it('is nobody where a hold does not say who asked or what it takes', () => {
    expect(reviewRefusal({ requirement: dba }, person('dan', ['dba']))).toBe('not-an-approver');
    expect(reviewRefusal({ principal: person('asker') }, person('dan', ['dba']))).toBe('not-an-approver');
  });
});

describe('a quorum', () => {
  it('takes the count of distinct people of every group', () => {
    const both = requirement(['dba', 2], ['security', 1]);
    const [dan, dave, sue] = [person('dan', ['dba']), person('dave', ['dba']), person('sue', ['security'])];
    expect(isQuorum(both, [dan, dave])).toBe(false);
    expect(isQuorum(both, [dan, sue])).toBe(false);
    expect(isQuorum(both, [dan, dan, sue])).toBe(false);
    expect(isQuorum(both, [dan, dave, sue])).toBe(true);
    expect(isQuorum(both, [dan, person('both', ['dba', 'security'])])).toBe(true);
  });

  it('is never met where no group is named, and takes one where the count is 0', () => {
    expect(isQuorum(requirement(), [person('dan', ['dba'])])).toBe(false);
    expect(isQuorum(requirement(['dba', 0]), [])).toBe(false);
    expect(isQuorum(requirement(['dba', 0]), [person('dan', ['dba'])])).toBe(true);
  });
});
