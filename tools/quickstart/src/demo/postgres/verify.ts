import { readFileSync, writeFileSync } from 'node:fs';
import { withFlippedByte, withoutOneEvent, withoutTail } from '../recording-frames.ts';
import type { Step } from '../tour.ts';
import { ASK_FOR_ID } from './ask-for-id.ts';
import { downloadSealed, recordingKeyFile, sessionIn } from '../sessions.ts';

const DAMAGES: readonly (readonly [string, string, (file: Buffer) => Buffer])[] = [
  ['one flipped byte', 'flipped', withFlippedByte],
  ['one removed event', 'removed', withoutOneEvent],
  ['a missing tail', 'cut', withoutTail],
];

/** `sallyport verify`, offline, on the genuine file and on three damaged copies. */
export const verifyFindsDamage: Step = {
  title:
    'verify says that the recording is whole, and finds a flipped byte, a removed event and a missing tail',
  async run(tour) {
    const { stderr } = await tour.psql(
      'shop-agent',
      'shop',
      'SELECT count(*) FROM orders',
      'SELECT item FROM orders LIMIT 1',
      ASK_FOR_ID,
    );
    const file = await downloadSealed(tour, sessionIn(stderr));
    const key = await recordingKeyFile(tour);
    const genuine = await tour.sallyport('ada', 'verify', file, '--key', key, '--whole');
    tour.check('the recording is whole', genuine.code === 0);
    for (const [what, name, damage] of DAMAGES) {
      const copy = tour.state.file('tour', `${name}.recording`);
      writeFileSync(copy, damage(readFileSync(file)));
      const result = await tour.sallyport('ada', 'verify', copy, '--key', key);
      tour.check(`${what} is found`, result.code === 1);
    }
  },
};
