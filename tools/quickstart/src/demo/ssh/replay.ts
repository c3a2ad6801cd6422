import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { withFlippedByte } from '../recording-frames.ts';
import { downloadSealed, newestSession, recordingKeyFile, sessionIn } from '../sessions.ts';
import { givesTerminals } from '../../stack/terminals.ts';
import type { Step, Tour } from '../tour.ts';
import { onWeb, runSsh } from './ssh-clients.ts';

/** What the shell makes of what is typed, so that it is told from the echo. */
const ANSWER = 'the answer is 42';

/** What a DBA types into a shell, and what an agent tried, as their recordings tell it. */
export const replay: Step = {
  title: 'A shell is recorded as a terminal; sessions are replayed, exported, and proven to be whole',
  async run(tour) {
    if (!givesTerminals())
      tour.say('(an ordinary user here cannot give terminals, so that the shell has none)');
    const typed = 'echo the answer is $((6 * 7))\nls srv/shop\nexit\n';
    const shell = await runSsh(tour, 'dan', 'ssh', ['-tt', 'web'], typed);
    tour.check('dan, a DBA, has a shell', shell.code === 0 && shell.stdout.includes(ANSWER));
    const session = await newestSession(tour, 'dan', 'web');
    const file = await downloadSealed(tour, session);
    const shown = await tour.sallyport('ada', 'sessions', 'replay', session);
    tour.check(
      'the replay shows the terminal, its control characters as text',
      ['ssh.shell', ANSWER, 'orders.csv'].every((text) => shown.stdout.includes(text)) &&
        !shown.stdout.includes('\u001b'),
    );
    await asTerminal(tour, session);
    await verified(tour, file);
    await refusalReplayed(tour);
    const others = await tour.sallyportQuietly('shop-agent', 'sessions', 'replay', session);
    tour.check('the agent may not see it', others.code !== 0);
  },
};

async function asTerminal(tour: Tour, session: string): Promise<void> {
  const played = await tour.sallyport('ada', 'sessions', 'replay', session, '--terminal', '--no-wait');
  tour.check('it plays as the terminal showed it', played.code === 0 && played.stdout.includes(ANSWER));
  const cast = tour.state.file('tour', 'shell.cast');
  rmSync(cast, { force: true });
  const exported = await tour.sallyport('ada', 'sessions', 'export', session, cast);
  const [header = '', ...events] = readFileSync(cast, 'utf8').trimEnd().split('\n');
  tour.check(
    'it is exported as asciicast, for asciinema and other players',
    exported.code === 0 &&
      header.includes('"version":2') &&
      events.some((line) => line.includes('"o"') && line.includes(ANSWER)),
  );
}

async function verified(tour: Tour, file: string): Promise<void> {
  const key = await recordingKeyFile(tour);
  const whole = await tour.sallyport('ada', 'verify', file, '--key', key, '--whole');
  tour.check('the recording is whole', whole.code === 0);
  const copy = tour.state.file('tour', 'flipped.recording');
  writeFileSync(copy, withFlippedByte(readFileSync(file)));
  const damaged = await tour.sallyport('ada', 'verify', copy, '--key', key);
  tour.check('one flipped byte is found', damaged.code === 1);
}

async function refusalReplayed(tour: Tour): Promise<void> {
  const { stderr } = await onWeb(tour, 'cat srv/shop/orders.csv; rm -rf srv');
  const session = sessionIn(stderr);
  await downloadSealed(tour, session);
  const shown = await tour.sallyport('ada', 'sessions', 'replay', session);
  tour.check(
    'what the agent tried is there, with the rule that refused',
    shown.stdout.includes('rm -rf srv') && shown.stdout.includes('agents-on-web/destructive'),
  );
}
