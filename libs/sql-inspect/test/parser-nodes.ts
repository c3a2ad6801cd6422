import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Every node name of the parser, from the package that describes its tree. */
export function parserNodes(): string[] {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('@pgsql/types'));
  const text = readFileSync(join(folder, 'types.d.ts'), 'utf8');
  const union = /export type Node = (.*?);\nexport/s.exec(text)?.[1] ?? '';
  return [...union.matchAll(/\n {4}(\w+): \w+;\n}/g)].map(([, name = '']) => name);
}
