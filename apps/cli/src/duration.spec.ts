import { describe, expect, it } from '@jest/globals';
import { parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['8h', 28_800],
    ['1h30m', 5400],
    ['7d', 604_800],
  ])('reads %s', (text, seconds) => {
    expect(parseDuration(text, '--ttl')).toBe(seconds);
  });

  it.each(['', '15', '0s', 'm', '1.5h', '-1h', '15m ', '99999999d', '1h banana'])('refuses %j', (text) => {
    expect(() => parseDuration(text, '--ttl')).toThrow('is not a duration');
  });
});
