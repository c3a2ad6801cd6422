import { describe, expect, it } from '@jest/globals';
import { advance, NEXT_STATES, type SessionState } from './session-state.ts';

describe('a session', () => {
  it('can end from every state, and goes nowhere after that', () => {
    for (const [state, next] of Object.entries(NEXT_STATES)) {
      if (state !== 'ended') expect(next).toContain('ended');
    }
    expect(() => advance({ kind: 'ended', reason: 'client_closed' }, { kind: 'accepting' })).toThrow('ended');
  });

  it('cannot run before it was authenticated and authorised', () => {
    const running = { kind: 'running' } as SessionState;
    for (const kind of ['accepting', 'authenticating', 'authorizing'] as const) {
      expect(() => advance({ kind }, running)).toThrow('cannot go');
    }
  });
});
