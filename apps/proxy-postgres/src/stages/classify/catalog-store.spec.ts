import type { SqlCatalog } from '@sallyport/sql-inspect';
import { describe, expect, it } from '@jest/globals';
import { CatalogStore, type CatalogConnection } from './catalog-store.ts';

function storeWith(over: { lingerMs?: number } = {}) {
  const state = { fingerprint: 'a', loads: 0, connects: 0, now: 0, fails: false, problems: 0, open: 0 };
  const store = new CatalogStore({
    reader: {
      load: () => Promise.resolve({ fingerprint: `catalog ${++state.loads}` } as SqlCatalog),
      fingerprint: () =>
        state.fails ? Promise.reject(new Error('away')) : Promise.resolve(state.fingerprint),
    },
    pollMs: 3_600_000,
    lingerMs: over.lingerMs ?? 3_600_000,
    queryTimeoutMs: 1000,
    maxAgeMs: 10,
    now: () => state.now,
    onProblem: () => state.problems++,
  });
  const connect = (): Promise<CatalogConnection> => {
    state.connects++;
    state.open++;
    return Promise.resolve({ closed: false, query: () => Promise.resolve([]), close: () => state.open-- });
  };
  return { store, state, connect };
}

describe('CatalogStore', () => {
  it('reads a catalog once for all sessions of a database', async () => {
    const { store, state, connect } = storeWith();
    const leases = [store.acquire('k', connect), store.acquire('k', connect)];
    await Promise.all(leases.map((lease) => lease.ready));
    expect(leases[0]?.current()).toBe(leases[1]?.current());
    expect(state).toMatchObject({ loads: 1, connects: 1 });
    store.close();
  });

  it('reads it again when the server says that it changed, and only then', async () => {
    const { store, state, connect } = storeWith();
    const lease = store.acquire('k', connect);
    await lease.ready;
    await lease.refresh();
    expect(state.loads).toBe(1);
    state.fingerprint = 'b';
    await lease.refresh();
    expect(state.loads).toBe(2);
    store.close();
  });

  it('looks once more for who asks while it looks: the look under way may have been too early', async () => {
    const { store, state, connect } = storeWith();
    const lease = store.acquire('k', connect);
    const first = lease.refresh();
    state.fingerprint = 'b';
    await Promise.all([first, lease.refresh()]);
    expect(lease.current()).not.toBeNull();
    expect(state.loads).toBeGreaterThan(0);
    store.close();
  });

  it('has none that could not be checked for too long', async () => {
    const { store, state, connect } = storeWith();
    const lease = store.acquire('k', connect);
    await lease.ready;
    state.fails = true;
    state.now = 11;
    await lease.refresh();
    expect(lease.current()).toBeNull();
    expect(state.problems).toBe(1);
    state.fails = false;
    await lease.refresh();
    expect(lease.current()).not.toBeNull();
    store.close();
  });

  it('keeps it for a while after the last session, and looks at it again for the next', async () => {
    const { store, state, connect } = storeWith();
    const first = store.acquire('k', connect);
    await first.ready;
    first.release();
    first.release();
    state.fingerprint = 'b';
    const second = store.acquire('k', connect);
    await second.ready;
    expect(state).toMatchObject({ connects: 1, loads: 2 });
    store.close();
    expect(state.open).toBe(0);
  });
});
