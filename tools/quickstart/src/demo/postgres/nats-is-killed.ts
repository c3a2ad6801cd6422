import { readInstance } from '../../state/instance.ts';
import type { Step } from '../tour.ts';
import { numbersIn, startLoad } from './load.ts';
import { backAgain, kill } from './proxy-is-killed.ts';
import { downloadSealed, newestSession, recordingKeyFile, statementsOf } from '../sessions.ts';

const COUNT = 3000;
const KILL_AT = 60;

/** kill -9 of NATS under load: the session goes on from the spool, and the recording misses nothing. */
export const natsIsKilled: Step = {
  title:
    'kill -9 of NATS in mid-load: the session goes on, and its recording is whole, each statement in it once',
  async run(tour) {
    const mark = `nats${Date.now()}`;
    const before = readInstance(tour.state.path)?.processes['nats'];
    const load = startLoad(tour, mark, COUNT);
    await load.reached(KILL_AT);
    kill(tour, 'nats');
    const session = await newestSession(tour, 'shop-agent', 'shop');
    const { code } = await load.result;
    await backAgain(tour, 'nats', before);
    tour.check(`all ${COUNT} statements were answered`, code === 0 && load.answered().length === COUNT);
    const file = await downloadSealed(tour, session);
    const recorded = numbersIn(await statementsOf(tour, file), mark);
    tour.say(`the recording has ${recorded.length} of its statements`);
    tour.check(
      'each is recorded, in order, once',
      recorded.length === COUNT && recorded.every((number, index) => number === index + 1),
    );
    const verified = await tour.sallyport(
      'ada',
      'verify',
      file,
      '--key',
      await recordingKeyFile(tour),
      '--whole',
    );
    tour.check('the recording is whole', verified.code === 0);
  },
};
