import { BackendType, decodeErrorResponse } from '@sallyport/codec-postgres';
import { ACCESS_ERROR_CODES, AccessError } from '@sallyport/errors';
import { describe, expect, it } from '@jest/globals';
import { encodeRefusal, WIRE_FORMS } from './wire-errors.ts';

const fieldsOf = (bytes: Buffer) =>
  decodeErrorResponse({ type: BackendType.ErrorResponse, source: bytes, start: 0, end: bytes.length }).fields;

describe('a refusal on the wire', () => {
  it('has an SQLSTATE for every code', () => {
    for (const code of ACCESS_ERROR_CODES) expect(WIRE_FORMS[code].sqlState).toMatch(/^[0-9A-Z]{5}$/);
  });

  it('says the rule to people and everything to agents, and what to do next', () => {
    const error = new AccessError('denied_by_rule', 'Closed.', {
      rule: 'payroll',
      policy: 'p',
      requestId: 'r',
      object: 'payroll.salaries',
    });
    const fields = fieldsOf(encodeRefusal(error, 'ERROR'));
    expect(fields.message).toBe('sallyport: Closed. (rule "payroll")');
    expect(JSON.parse(fields.detail ?? '')).toEqual({
      code: 'denied_by_rule',
      message: 'Closed.',
      next: fields.hint,
      rule: 'payroll',
      policy: 'p',
      requestId: 'r',
      object: 'payroll.salaries',
    });
  });

  it('shows nothing of its cause, and cannot be cut short by a zero byte', () => {
    const error = new AccessError('internal', 'It\0broke.', {}, new Error('password=hunter2'));
    const bytes = encodeRefusal(error, 'FATAL');
    expect(bytes.toString()).not.toContain('hunter2');
    expect(fieldsOf(bytes).message).toBe('sallyport: Itbroke.');
  });
});
