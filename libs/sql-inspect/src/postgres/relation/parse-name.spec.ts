import { describe, expect, it } from '@jest/globals';
import { parseName } from './parse-name.ts';

describe('parseName', () => {
  it.each([
    ['counter', { schema: undefined, name: 'counter' }],
    [' Public.Counter ', { schema: 'public', name: 'counter' }],
    ['"Public"."a.b"', { schema: 'Public', name: 'a.b' }],
    ['"a""b"', { schema: undefined, name: 'a"b' }],
    ['public . counter', { schema: 'public', name: 'counter' }],
    ['16385', undefined],
    ['a.b.c', undefined],
    ['a b', undefined],
    ['', undefined],
    ['"a', undefined],
    ['a.', undefined],
  ])('reads %p as regclass does', (text, expected) => {
    expect(parseName(text)).toEqual(expected);
  });
});
