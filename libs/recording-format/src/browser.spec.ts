import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join } from 'node:path';

const IMPORT = /(?:import|export)[^;]*?from\s+'([^']+)'/g;

/** Every module that `file` imports, directly or through files of this library. */
function importsOf(file: string, seen = new Set<string>(), found = new Set<string>()): Set<string> {
  if (seen.has(file)) return found;
  seen.add(file);
  for (const [, specifier = ''] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
    if (specifier.startsWith('.')) importsOf(join(dirname(file), specifier), seen, found);
    else found.add(specifier);
  }
  return found;
}

describe('what the console may import', () => {
  it('needs nothing of Node', () => {
    const imports = [...importsOf(join(import.meta.dirname, 'browser.ts'))];
    expect(imports).toContain('@bufbuild/protobuf');
    expect(imports.filter((name) => name.startsWith('node:') || builtinModules.includes(name))).toEqual([]);
  });
});
