import { describe, expect, it } from '@jest/globals';
import { advance, NEXT_STATES, type SessionState } from './session-state.ts';

describe('a session', () => {
  it('never goes back, and ends from everywhere', () => {
    for (const [from, next] of Object.entries(NEXT_STATES)) {
      expect(next).not.toContain(from);
      if (from !== 'ended') expect(next).toContain('ended');
    }
  });

  it('does not run before it is authorised', () => {
    const accepting: SessionState = { kind: 'accepting' };
    expect(() => advance(accepting, { kind: 'authorizing' })).toThrow('cannot go');
    expect(advance(accepting, { kind: 'authenticating' })).toEqual({ kind: 'authenticating' });
  });
});
