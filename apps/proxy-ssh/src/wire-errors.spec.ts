import { ACCESS_ERROR_CODES, AccessError } from '@sallyport/errors';
import { describe, expect, it } from '@jest/globals';
import { refusalSentence, refusalText, WIRE_FORMS } from './wire-errors.ts';

describe('a refusal', () => {
  it('has a form for every code', () => {
    for (const code of ACCESS_ERROR_CODES) expect(WIRE_FORMS[code].exitStatus).toBeGreaterThan(0);
  });

  it('is a line for people and JSON for agents', () => {
    const error = new AccessError('denied_by_rule', 'Not here.', {
      rule: 'no-rm',
      policy: 'p',
      requestId: 'r1',
    });
    const [line = '', json = '', next = ''] = refusalText(error).split('\r\n');
    expect(line).toBe('sallyport: denied by rule "no-rm": Not here.');
    expect(JSON.parse(json.replace('sallyport: ', ''))).toMatchObject({
      code: 'denied_by_rule',
      requestId: 'r1',
    });
    expect(next).toMatch(/^sallyport: [A-Z]/);
  });

  it("moves nobody's cursor and says nothing of its cause", () => {
    const error = new AccessError(
      'internal',
      'It\u001b[2J broke\r\nhard.',
      {},
      new Error('password=hunter2'),
    );
    for (const text of [refusalText(error), refusalSentence(error)]) {
      expect(text.replaceAll('\r\n', '')).not.toMatch(/[\u0000-\u001f]/);
      expect(text).not.toContain('hunter2');
    }
    expect(refusalSentence(error)).toContain('[internal]');
  });
});
