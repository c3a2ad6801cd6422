import { eventually } from '@sallyport/testing';
import { readInstance } from '../../state/instance.ts';
import type { Step, Tour } from '../tour.ts';
import { loadStatement, numbersIn, startLoad } from './load.ts';
import { downloadSealed, newestSession, recordingKeyFile, statementsOf } from '../sessions.ts';

const COUNT = 3000;
const KILL_AT = 60;

/** kill -9 of the proxy under load: what was answered is recorded, once, and the session is sealed as broken. */
export const proxyIsKilled: Step = {
  title:
    'kill -9 of the proxy in mid-session: every answered statement is in the recording, once; it is sealed as broken',
  async run(tour) {
    const mark = `proxy${Date.now()}`;
    const load = startLoad(tour, mark, COUNT);
    await load.reached(KILL_AT);
    kill(tour, 'proxy-postgres');
    const session = await newestSession(tour, 'shop-agent', 'shop');
    const { stderr } = await load.result;
    const answered = load.answered();
    tour.say(
      `psql had ${answered.length} answers when it lost its connection: ${stderr.trim().split('\n').at(-1) ?? ''}`,
    );
    tour.check('psql was cut off in the middle', answered.length >= KILL_AT && answered.length < COUNT);
    const file = await downloadSealed(tour, session);
    const recorded = numbersIn(await statementsOf(tour, file), mark);
    tour.say(`the recording has ${recorded.length} of its statements`);
    tour.check(
      'every answered statement is recorded',
      answered.every((number) => recorded.includes(number)),
    );
    tour.check(
      'in order, once, without a gap',
      recorded.every((number, index) => number === index + 1),
    );
    const key = await recordingKeyFile(tour);
    const sealed = await tour.sallyport('ada', 'verify', file, '--key', key);
    const whole = await tour.sallyportQuietly('ada', 'verify', file, '--key', key, '--whole');
    tour.check(
      'nothing in it is altered, and it is sealed as broken',
      sealed.code === 0 && whole.code === 1 && /broken/i.test(sealed.stdout),
    );
    const next = await tour.psql('shop-agent', 'shop', loadStatement(mark, 1));
    tour.check('the proxy is back for new sessions', next.code === 0);
  },
};

/** Ends one process of the stack as a crash does; its supervisor starts it again. */
export function kill(tour: Tour, name: string): void {
  const pid = readInstance(tour.state.path)?.processes[name];
  if (pid === undefined) throw new Error(`${name} does not run`);
  tour.say(`$ kill -9 ${pid}    # ${name}`);
  process.kill(pid, 'SIGKILL');
}

/** Waits until the supervisor has started a killed process again. */
export async function backAgain(tour: Tour, name: string, before: number | undefined): Promise<void> {
  await eventually(`the restart of ${name}`, () => {
    const pid = readInstance(tour.state.path)?.processes[name];
    return pid !== undefined && pid !== before;
  });
}
