import type { JsonValue } from '@bufbuild/protobuf';
import { stringify } from 'yaml';
import { printableJson } from './printable.ts';

/** YAML that is safe on a terminal: where a text has characters that are not, all strings are quoted and those escaped. */
export function printableYaml(value: JsonValue): string {
  const plain = stringify(value, { lineWidth: 0 });
  if (printableJson(plain) === plain) return plain.trimEnd();
  const quoted = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE', lineWidth: 0 } as const;
  return printableJson(stringify(value, quoted)).trimEnd();
}
