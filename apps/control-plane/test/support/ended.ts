import type { OpenedSession } from '@sallyport/control-plane-client';

/** How and how soon a session ends from now on. */
export function ended(session: OpenedSession): Promise<{ readonly code: string; readonly afterMs: number }> {
  const startedAtMs = performance.now();
  return new Promise((resolve) => {
    session.onEnd(({ code }) => {
      resolve({ code, afterMs: performance.now() - startedAtMs });
    });
  });
}
