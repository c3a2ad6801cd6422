import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@sallyport/testing';
import { USUAL_PORTS } from '../stack/ports.ts';
import { openStateFolder } from '../state/state-folder.ts';
import { summarise } from '../summary.ts';
import { runTour } from './run-tour.ts';
import { Tour, type Step } from './tour.ts';

async function tourOf(...steps: readonly Step[]) {
  using directory = temporaryDirectory();
  const state = openStateFolder(directory.path);
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  const layout = { ports: USUAL_PORTS, doors: ['postgres'] } as const;
  const tour = new Tour({ state, ...layout, summary: summarise(state, layout) }, write);
  const report = await runTour(
    [{ door: 'postgres', title: 'Part', prepare: async () => undefined, steps }],
    tour,
    write,
  );
  return { report, text };
}

const step = (title: string, run: Step['run']): Step => ({ title, run });

describe('runTour', () => {
  it('passes a step all of whose claims hold', async () => {
    const { report, text } = await tourOf(step('Fine', async (tour) => tour.check('one is one', true)));
    expect(report).toEqual({ passed: 1, failed: [] });
    expect(text).toContain('ok   one is one');
  });

  it('fails a step with one claim that does not hold, and goes on with it and after it', async () => {
    const { report, text } = await tourOf(
      step('Wrong', async (tour) => {
        tour.check('one is two', false);
        tour.check('one is one', true);
      }),
      step('Fine', async (tour) => tour.check('two is two', true)),
    );
    expect(report).toEqual({ passed: 1, failed: ['Wrong: one is two'] });
    expect(text).toContain('FAIL one is two');
    expect(text).toContain('ok   one is one');
  });

  it('fails a step that throws', async () => {
    const { report } = await tourOf(
      step('Broken', async () => {
        throw new Error('psql ended with 2');
      }),
    );
    expect(report.failed).toEqual(['Broken: psql ended with 2']);
  });
});
