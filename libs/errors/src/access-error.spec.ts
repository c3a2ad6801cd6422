import { describe, expect, it } from '@jest/globals';
import { ACCESS_ERROR_CODES, AccessError, NEXT_STEP, refusalDetail, toAccessError } from './index.ts';

describe('AccessError', () => {
  it('tells the caller what to do next for every code', () => {
    for (const code of ACCESS_ERROR_CODES) {
      expect(NEXT_STEP[code]).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('never puts its cause into the detail that callers read', () => {
    const error = new AccessError(
      'internal',
      'It broke.',
      { requestId: 'r1' },
      new Error('password=hunter2'),
    );
    expect(JSON.stringify(refusalDetail(error))).not.toContain('hunter2');
  });

  it('hides what an unexpected error says and keeps it as the cause', () => {
    const thrown = new Error('connect ECONNREFUSED 10.0.0.3:5432');
    const error = toAccessError(thrown);
    expect(error.code).toBe('internal');
    expect(refusalDetail(error).message).not.toContain('10.0.0.3');
    expect(error.cause).toBe(thrown);
  });

  it('prefers an exact next step to the default of its code', () => {
    const error = new AccessError('denied_by_rule', 'No.', { next: 'Ask dba.' });
    expect(refusalDetail(error)).toEqual({ code: 'denied_by_rule', message: 'No.', next: 'Ask dba.' });
  });
});
