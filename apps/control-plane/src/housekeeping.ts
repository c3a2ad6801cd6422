import type { PolledTask } from './changes/poller.ts';
import type { ControlPlaneConfig } from './config.ts';
import type { Database } from './database/database.ts';
import { sweepHolds } from './holds/sweep-holds.ts';
import { markForgottenSessions, markLostSessions } from './recordings/lost-sessions.ts';
import { forgetOldTokens } from './tokens/token-store.ts';

export const HOUSEKEEPING_INTERVAL_MS = 1_000;
const FORGET_TOKENS_MS = 3_600_000;

/** What time brings about. Every replica does it; doing it twice changes nothing. */
export function housekeepingTasks(
  database: Database,
  { sessions }: ControlPlaneConfig,
  now: () => Date,
  watcher: { readonly steadyForMs: (nowMs: number) => number },
  nudge: () => void,
): readonly PolledTask[] {
  let tokensForgottenAtMs = Number.NEGATIVE_INFINITY;
  return [
    {
      name: 'holds',
      run: async () => {
        if (await sweepHolds(database, now())) nudge();
      },
    },
    {
      name: 'lost sessions',
      run: async () => {
        const at = now();
        const lostAfterMs = sessions.lostAfterSeconds * 1000;
        // Proxies had to have the time to be heard.
        if (watcher.steadyForMs(at.getTime()) < lostAfterMs) return;
        await markLostSessions(database, lostAfterMs, at);
        await markForgottenSessions(database, at);
      },
    },
    {
      name: 'old tokens',
      run: async () => {
        const at = now();
        if (at.getTime() - tokensForgottenAtMs < FORGET_TOKENS_MS) return;
        await forgetOldTokens(database.prisma, at);
        tokensForgottenAtMs = at.getTime();
      },
    },
  ];
}
