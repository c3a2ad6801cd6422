import { create } from '@bufbuild/protobuf';
import { ManifestProblemSchema } from '@sallyport/contracts/admin';
import { describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { temporaryDirectory } from '@sallyport/testing';
import fc from 'fast-check';
import { capturedWorld } from '../../test/support/captured-world.ts';
import { formatPlace, joinSources, placeOf, readSources } from './manifest-sources.ts';

describe('readSources', () => {
  it('gives each line of the joined manifest back to its file, whatever the files', async () => {
    const file = fc
      .array(fc.constantFrom('kind: Policy', '', '---', '# x'), { maxLength: 5 })
      .map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 1, maxLength: 4 }), async (texts) => {
        using directory = temporaryDirectory();
        const names = texts.map((text, i) => {
          // A mark on the last line of each file, to find again.
          writeFileSync(directory.join(`${i}.yaml`), `${text}\nmark${i}`);
          return directory.join(`${i}.yaml`);
        });
        const sources = await readSources(names, capturedWorld());
        const lines = joinSources(sources).split('\n');
        for (const [i, name] of names.entries()) {
          const line = lines.indexOf(`mark${i}`) + 1;
          const place = placeOf(create(ManifestProblemSchema, { line, column: 3 }), sources);
          expect(place).toEqual({ file: name, line: (texts[i] ?? '').split('\n').length + 1, column: 3 });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('reads standard input once', async () => {
    const world = capturedWorld({ stdin: 'kind: Role\n' });
    const sources = await readSources(['-'], world);
    expect(formatPlace(placeOf(create(ManifestProblemSchema, { line: 1, column: 0 }), sources))).toBe(
      '<stdin>:1:1',
    );
    await expect(readSources(['-', '-'], world)).rejects.toThrow('can be read once');
  });
});
