import { describe, expect, it } from '@jest/globals';
import { NamedObjects } from './named-objects.ts';

describe('NamedObjects', () => {
  it('means what was asked for within the same batch, and is unsettled for a later one until the server answered', () => {
    const names = new NamedObjects<string>();
    names.set('s', 'old');
    const proposal = names.propose('s', 'new', 1);
    expect(names.lookUp('s', 1)).toBe('new');
    expect(names.lookUp('s', 2)).toBe('unsettled');
    expect(names.known('s')).toBe('old');
    proposal.done();
    expect(names.lookUp('s', 2)).toBe('new');
  });

  it('means what it did before when the server refused', () => {
    const names = new NamedObjects<string>();
    names.set('s', 'old');
    names.propose('s', 'new', 1).dropped();
    expect(names.lookUp('s', 2)).toBe('old');
  });

  it('keeps a later proposal when an earlier one is settled', () => {
    const names = new NamedObjects<string>();
    const first = names.propose('', 'one', 1);
    names.propose('', 'two', 2);
    first.done();
    expect(names.lookUp('', 2)).toBe('two');
    expect(names.lookUp('', 3)).toBe('unsettled');
  });
});
