import type { SettingChange } from '../../model/inspection.ts';

/**
 * Settings that change how the server reads SQL text or how bytes become
 * characters: with another value, what was inspected is not what runs.
 * Encodings other than UTF8 are refused as a whole: in SJIS, BIG5, GBK, GB18030,
 * UHC and JOHAB a byte of a character can be a backslash or a quote, and in any
 * other one the names in the text are not the names that the server sees.
 */
const READING_SETTINGS: Readonly<Record<string, (value: string) => boolean>> = {
  standard_conforming_strings: (value) => /^(on|true|yes|1|t|y|tr|tru|ye)$/i.test(value),
  backslash_quote: (value) => /^(safe_encoding|off|false|no|0)$/i.test(value),
  client_encoding: (value) => /^(utf-?_?8|unicode)$/i.test(value),
};

/** Whether a setting may take a value without making later inspections wrong; undefined is a value that is not known. */
export function isSafeSetting(name: string, value: string | undefined): boolean {
  const accepts = Object.hasOwn(READING_SETTINGS, name.toLowerCase())
    ? READING_SETTINGS[name.toLowerCase()]
    : undefined;
  if (accepts === undefined) return true;
  return value !== undefined && accepts(value);
}

/** The change as the proxy follows it; without a name it can be any setting, so it is one that breaks inspection. */
export function settingChange(
  name: string | undefined,
  value: readonly string[] | undefined,
  kind: SettingChange['kind'],
): SettingChange {
  if (name === undefined) return { name: '*', value: undefined, kind, breaksInspection: true };
  const lower = name.toLowerCase();
  // A reset goes back to what the session began with, which the proxy has checked.
  const isSafe = kind === 'reset' || isSafeSetting(lower, value?.[0]);
  return { name: lower, value, kind, breaksInspection: !isSafe };
}

/** Whether a setting takes any text, so that its value can be data that was put there. */
export function holdsAnyText(name: string): boolean {
  return name.includes('.') || name === 'application_name';
}

/** Takes a search_path text apart: commas outside quotes, folding outside quotes (SplitIdentifierString, varlena.c). */
export function splitSearchPath(text: string): readonly string[] {
  const items: string[] = [];
  for (const match of text.matchAll(/\s*(?:"((?:[^"]|"")*)"|([^,"]+?))\s*(?:,|$)/g)) {
    const [, quoted, bare] = match;
    if (quoted !== undefined) items.push(quoted.replaceAll('""', '"'));
    else if (bare !== undefined) items.push(bare.toLowerCase());
  }
  return items;
}
