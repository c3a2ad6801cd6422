import { afterAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inspectShell, quoteWord } from '../src/index.ts';
import { bypassRows } from './bypass-fixture.ts';
import { isRunnable, shellText } from './generate-text.ts';
import { findUntold, INSTALLED_SHELLS, ShellOracle, untold } from './shell-oracle.ts';

const SHELL_NAMES = INSTALLED_SHELLS.map(({ name }) => name);

describe(`what really ran, in ${SHELL_NAMES.join(', ')}`, () => {
  const oracle = new ShellOracle();
  afterAll(() => oracle.stop());

  it('has bash and dash as witnesses', () => {
    expect(SHELL_NAMES).toEqual(expect.arrayContaining(['bash', 'dash']));
  });

  it('is seen by the witnesses', async () => {
    for (const shell of INSTALLED_SHELLS) {
      const witnessed = await oracle.run(shell, 'rm "a b" >f; env X=1 ls');
      expect(witnessed).toEqual({ programs: [['rm', 'a b'], ['ls']], files: ['f'] });
    }
  });

  it('would be found missing', async () => {
    const [bash] = INSTALLED_SHELLS;
    if (bash === undefined) throw new Error('no shell');
    const witnessed = await oracle.run(bash, 'rm x >f');
    expect(untold(inspectShell('ls'), witnessed)).toEqual(['ran rm x', 'wrote f']);
  });

  it('was told, for the bypass corpus', async () => {
    // Rows without paths: what they run is a witness, or is not there at all.
    const texts = bypassRows()
      .map(({ text }) => text)
      .filter((text) => isRunnable(text) && !/[\0\r]|docker|sudo|su |unset|at now|exit/.test(text));
    expect(texts.length).toBeGreaterThan(300);
    for (const text of texts) expect([text, await findUntold(oracle, text)]).toEqual([text, []]);
  }, 240_000);

  it('was told, for generated texts', async () => {
    await fc.assert(
      fc.asyncProperty(shellText.filter(isRunnable), async (text) => {
        expect(await findUntold(oracle, text)).toEqual([]);
      }),
      { numRuns: Number(process.env['ORACLE_RUNS'] ?? 300) },
    );
  }, 600_000);

  it('is what a canonical command says, typed again', async () => {
    const [bash] = INSTALLED_SHELLS;
    if (bash === undefined) throw new Error('no shell');
    const args = fc.array(fc.string({ unit: fc.constantFrom(...`ab '"\\$\`*?[]{}~#!&|;<>()=\n\té€`) }), {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(args, async (words) => {
        const { programs } = await oracle.run(bash, ['rm', ...words].map(quoteWord).join(' '));
        expect(programs).toEqual([['rm', ...words]]);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
