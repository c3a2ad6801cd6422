import { describe, expect, it } from '@jest/globals';
import { recordingPath } from './recording-path.ts';

describe('recordingPath', () => {
  it('depends on the directory and the session id alone', () => {
    expect(recordingPath('/r', 'ses_1')).toBe(recordingPath('/r', 'ses_1'));
    expect(recordingPath('/r', 'ses_1')).toMatch(/^\/r\/[0-9a-f]{2}\/ses_1\.rec$/);
  });

  it('refuses a name that would leave the directory', () => {
    for (const id of ['..', '../x', 'a/b', '', 'a\0b', 'a.rec'])
      expect(() => recordingPath('/r', id)).toThrow(RangeError);
  });
});
