import { describe, expect, it } from '@jest/globals';
import { parseSearchPath, readSessionProbe } from './session-probe.ts';

describe('the session probe', () => {
  it('reads a search path as the server prints it', () => {
    expect(parseSearchPath('"$user", public')).toEqual(['$user', 'public']);
    expect(parseSearchPath('Evil, "Mixed Case", "a""b", "x,y"')).toEqual([
      'evil',
      'Mixed Case',
      'a"b',
      'x,y',
    ]);
    expect(parseSearchPath('')).toEqual([]);
    expect(parseSearchPath('""')).toEqual(['']);
  });

  it('takes one whole row or nothing', () => {
    const row = ['none', 'app', 'public', 'on', 'UTF8', 'false'];
    expect(readSessionProbe([row])).toEqual({
      currentUser: 'app',
      searchPath: ['public'],
      standardConformingStrings: true,
      clientEncoding: 'UTF8',
      hasTemporary: false,
    });
    expect(readSessionProbe([])).toBeNull();
    expect(readSessionProbe([row, row])).toBeNull();
    expect(readSessionProbe([['none', null, 'public', 'on', 'UTF8', 'false']])).toBeNull();
    expect(readSessionProbe([['none', 'app', null, 'on', 'UTF8', 'false']])).toBeNull();
  });
});
