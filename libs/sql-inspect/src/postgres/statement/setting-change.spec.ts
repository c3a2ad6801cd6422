import { describe, expect, it } from '@jest/globals';
import { holdsAnyText, isSafeSetting, settingChange, splitSearchPath } from './setting-change.ts';

describe('settings that change how text is read', () => {
  it.each([
    ['standard_conforming_strings', 'off'],
    ['STANDARD_CONFORMING_STRINGS', 'false'],
    ['standard_conforming_strings', '0'],
    ['standard_conforming_strings', 'of'],
    ['backslash_quote', 'on'],
    ['client_encoding', 'SJIS'],
    ['client_encoding', 'BIG5'],
    ['client_encoding', 'GBK'],
    ['client_encoding', 'GB18030'],
    ['client_encoding', 'UHC'],
    ['client_encoding', 'JOHAB'],
    ['client_encoding', 'LATIN1'],
    ['client_encoding', 'SQL_ASCII'],
    ['client_encoding', 'utf8x'],
  ])('%s = %s is refused', (name, value) => {
    expect(isSafeSetting(name, value)).toBe(false);
    expect(settingChange(name, [value], 'set').breaksInspection).toBe(true);
  });

  it.each([
    ['standard_conforming_strings', 'on'],
    ['client_encoding', 'UTF8'],
    ['client_encoding', 'utf-8'],
    ['client_encoding', 'unicode'],
    ['work_mem', '1GB'],
  ])('%s = %s is not', (name, value) => {
    expect(isSafeSetting(name, value)).toBe(true);
  });

  it('a value or a name that is not literal may be any', () => {
    expect(isSafeSetting('client_encoding', undefined)).toBe(false);
    expect(settingChange(undefined, undefined, 'set')).toMatchObject({ name: '*', breaksInspection: true });
  });
});

describe('splitSearchPath', () => {
  it.each([
    ['public', ['public']],
    ['"$user", public', ['$user', 'public']],
    ['Payroll,  "Payroll" ,x', ['payroll', 'Payroll', 'x']],
    ['"a,b","c""d"', ['a,b', 'c"d']],
    ['', []],
  ])('takes %p apart', (text, items) => {
    expect(splitSearchPath(text)).toEqual(items);
  });
});

describe('holdsAnyText', () => {
  it('is true of settings that a session can hide data in', () => {
    expect(['my.note', 'application_name', 'work_mem'].map(holdsAnyText)).toEqual([true, true, false]);
  });
});
