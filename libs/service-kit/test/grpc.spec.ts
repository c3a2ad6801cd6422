import { afterEach, describe, expect, it } from '@jest/globals';
import { DecisionService, HoldService, HoldStatus, type HoldState } from '@sallyport/contracts/dataplane';
import { ACCESS_ERROR_CODES, AccessError } from '@sallyport/errors';
import {
  addService,
  createGrpcClient,
  isUnreachable,
  openGrpcChannel,
  startGrpcServer,
  type GrpcServer,
  type ServiceImplementation,
} from '../src/index.ts';

type Holds = ServiceImplementation<typeof HoldService>;
const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const unused = () => {
  throw new Error('not used here');
};

async function serve(implementation: Partial<Holds>, onError?: (error: unknown, method: string) => void) {
  const server: GrpcServer = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    register: (inner) =>
      addService(
        inner,
        HoldService,
        {
          createHold: unused,
          watchHold: unused,
          claimApproval: unused,
          withdrawHold: unused,
          ...implementation,
        },
        onError,
      ),
  });
  const channel = openGrpcChannel({ address: `127.0.0.1:${server.port}` });
  closing.push(
    () => server.stop(),
    () => channel.close(),
  );
  return { server, client: createGrpcClient(HoldService, { channel, timeoutMs: 5_000 }), channel };
}

describe('the gRPC adapter', () => {
  it('carries a typed request and answer', async () => {
    const { client } = await serve({
      createHold: ({ sessionId }) => ({ hold: { holdId: `h-${sessionId}`, status: HoldStatus.WAITING } }),
    });
    const answer = await client.createHold({ sessionId: 's1' });
    expect(answer.hold?.holdId).toBe('h-s1');
    expect(answer.hold?.status).toBe(HoldStatus.WAITING);
  });

  it('carries every AccessError whole, with its facts', async () => {
    let next = 0;
    const { client } = await serve({
      claimApproval: () => {
        const code = ACCESS_ERROR_CODES[next++] ?? 'internal';
        throw new AccessError(code, `Größe ${code}`, { rule: 'changes', holdId: 'h1' }, new Error('hunter2'));
      },
    });
    for (const code of ACCESS_ERROR_CODES) {
      const error = await client.claimApproval({}).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(AccessError);
      expect(error).toMatchObject({
        code,
        publicMessage: `Größe ${code}`,
        facts: { rule: 'changes', holdId: 'h1' },
      });
    }
  });

  it('keeps the text of a defect from the wire, and tells the listener', async () => {
    const seen: unknown[] = [];
    const { client } = await serve(
      { claimApproval: () => Promise.reject(new Error('password=hunter2')) },
      (error, method) => seen.push([String(error), method]),
    );
    const error = await client.claimApproval({}).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'internal' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2');
    expect(seen).toEqual([['Error: password=hunter2', 'sallyport.dataplane.v1.HoldService/ClaimApproval']]);
  });

  it('streams from the server, in order, to the end', async () => {
    const { client } = await serve({
      watchHold: async function* ({ holdId }) {
        for (let i = 0; i < 1_000; i += 1) yield { hold: { holdId: `${holdId}-${i}` } };
      },
    });
    const ids: string[] = [];
    for await (const { hold } of client.watchHold({ holdId: 'h' })) ids.push(hold?.holdId ?? '');
    expect(ids).toEqual(Array.from({ length: 1_000 }, (_, i) => `h-${i}`));
  });

  it('ends the stream with the AccessError that the implementation threw, after what it yielded', async () => {
    const { client } = await serve({
      watchHold: async function* () {
        yield { hold: { holdId: 'first' } };
        throw new AccessError('locked', 'No more.');
      },
    });
    const seen: (HoldState | undefined)[] = [];
    const read = async () => {
      for await (const { hold } of client.watchHold({})) seen.push(hold);
    };
    await expect(read()).rejects.toMatchObject({ code: 'locked', publicMessage: 'No more.' });
    expect(seen).toHaveLength(1);
  });

  it.each(['leaves the loop', 'aborts'])('tells the implementation when the caller %s', async (how) => {
    let cancelled: (reason: unknown) => void = () => undefined;
    const sawCancel = new Promise<unknown>((resolve) => {
      cancelled = resolve;
    });
    const { client } = await serve({
      watchHold: async function* (_request, { signal }) {
        signal.addEventListener('abort', () => cancelled(signal.reason));
        yield {};
        await sawCancel;
      },
    });
    const controller = new AbortController();
    const read = async () => {
      for await (const message of client.watchHold({}, { signal: controller.signal })) {
        if (how === 'leaves the loop') return message;
        controller.abort(new Error('enough'));
      }
      return undefined;
    };
    if (how === 'aborts') await expect(read()).rejects.toThrow('enough');
    else await read();
    await expect(sawCancel).resolves.toBeInstanceOf(Error);
  });

  it('does not run ahead of a reader that is slow', async () => {
    let produced = 0;
    const chunk = 'x'.repeat(64 * 1024);
    const { client } = await serve({
      watchHold: async function* (_request, { signal }) {
        while (produced < 2_000 && !signal.aborted) {
          produced += 1;
          yield { hold: { holdId: chunk } };
        }
      },
    });
    const iterator = client.watchHold({})[Symbol.asyncIterator]();
    await iterator.next();
    // What stands after many turns of both event loops is what flow control let through.
    for (let turn = 0; turn < 500; turn += 1) await new Promise(setImmediate);
    expect(produced).toBeLessThan(500);
    await iterator.return?.();
  });

  it('gives up at the deadline and when the caller aborts', async () => {
    const { client } = await serve({ claimApproval: () => new Promise(() => undefined) });
    const late = await client.claimApproval({}, { timeoutMs: 20 }).catch((thrown: unknown) => thrown);
    expect(isUnreachable(late)).toBe(true);
    const controller = new AbortController();
    const call = client.claimApproval({}, { signal: controller.signal });
    controller.abort(new Error('session ended'));
    await expect(call).rejects.toThrow('session ended');
    await expect(client.claimApproval({}, { signal: controller.signal })).rejects.toThrow('session ended');
  });

  it('says that nobody is there, and finds the server again when it is back', async () => {
    const { client, server } = await serve({ claimApproval: () => ({}) });
    await client.claimApproval({});
    await server.stop();
    const error = await client.claimApproval({}).catch((thrown: unknown) => thrown);
    expect(isUnreachable(error)).toBe(true);
    const again = await startGrpcServer({
      host: '127.0.0.1',
      port: server.port,
      register: (inner) =>
        addService(inner, HoldService, {
          createHold: unused,
          watchHold: unused,
          claimApproval: () => ({}),
          withdrawHold: unused,
        }),
    });
    closing.push(() => again.stop());
    await expect(client.claimApproval({}, { waitForReady: true })).resolves.toBeDefined();
  });

  it('serves several services over one channel, and says so for one that is missing', async () => {
    const { channel } = await serve({});
    const decisions = createGrpcClient(DecisionService, { channel, timeoutMs: 5_000 });
    await expect(decisions.decide({})).rejects.toMatchObject({ code: 12 });
  });

  it('refuses to serve a service with a method missing', async () => {
    const start = startGrpcServer({
      host: '127.0.0.1',
      port: 0,
      register: (inner) => addService(inner, HoldService, {} as unknown as Holds),
    });
    await expect(start).rejects.toThrow(/is not implemented/);
  });
});
