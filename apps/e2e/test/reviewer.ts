import { stack, tokenOf } from './stack.ts';

interface ListedHold {
  readonly state?: { readonly holdId?: string };
}

const POLL_MS = 200;

/** A DBA who rejects whatever is held, at once, so that nothing waits for its time-out. */
export function rejectEverything(): Disposable {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    const { holds = [] } = (await call('ListHolds', {})) as { holds?: readonly ListedHold[] };
    for (const { state } of holds)
      await call('ReviewHold', { holdId: state?.holdId, verdict: 'VERDICT_REJECT', comment: 'no' });
    if (!stopped) timer = setTimeout(() => void look(), POLL_MS);
  };
  void look();
  return {
    [Symbol.dispose]() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** A call of the admin API with plain JSON over HTTP, as curl would make it. */
export async function call(
  method: string,
  body: unknown,
  who = 'dan',
  service = 'ReviewService',
): Promise<unknown> {
  const response = await fetch(
    `${stack.endpoints['controlPlane'] ?? ''}/sallyport.admin.v1.${service}/${method}`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${tokenOf(who)}` },
      body: JSON.stringify(body),
    },
  );
  return response.json();
}
