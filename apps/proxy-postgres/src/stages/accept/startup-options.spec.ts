import { describe, expect, it } from '@jest/globals';
import { sortStartupSettings } from './startup-options.ts';
import { parseTargetName } from './target-name.ts';

const sorted = (parameters: Record<string, string>) => {
  const { harmless, decided } = sortStartupSettings(new Map(Object.entries({ user: 'x', ...parameters })));
  return { harmless: Object.fromEntries(harmless), decided: Object.fromEntries(decided) };
};

describe('settings of a startup packet', () => {
  it('that only change how values look pass; all others are decided on', () => {
    expect(sorted({ DateStyle: 'ISO', role: 'dba', search_path: 'evil', application_name: 'a' })).toEqual({
      harmless: { datestyle: 'ISO', application_name: 'a' },
      decided: { role: 'dba', search_path: 'evil' },
    });
  });

  it('in options are read as the server reads them', () => {
    expect(
      sorted({ options: '-c role=dba --search-path=a\\ b -cstatement_timeout=5s  -c  TimeZone=UTC' }),
    ).toEqual({
      harmless: { statement_timeout: '5s', timezone: 'UTC' },
      decided: { role: 'dba', search_path: 'a b' },
    });
  });

  it.each(['-W 10', '-c', '-c role', '--', '-f x', 'role=dba', '-c =x', '--role', '-c a;b=c'])(
    'in options that are something else are refused: %s',
    (options) => {
      expect(() => sorted({ options })).toThrow(/not a setting|no valid name/);
    },
  );
});

describe('a target name', () => {
  it('is a target, and a database behind the first slash', () => {
    expect(parseTargetName('shop')).toEqual({ target: 'shop', database: null });
    expect(parseTargetName('shop/')).toEqual({ target: 'shop', database: null });
    expect(parseTargetName('shop/a/b')).toEqual({ target: 'shop', database: 'a/b' });
  });
});
