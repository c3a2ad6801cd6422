import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Stored {
  readonly payload: AdapterPayload;
  readonly expiresAt: number;
}

/** Where one provider keeps its sessions and codes: in memory, by its own, gone when it stops. */
export function memoryAdapterFactory(): (model: string) => Adapter {
  const store = new Map<string, Stored>();
  const find = (key: string): AdapterPayload | undefined => {
    const found = store.get(key);
    if (found === undefined || found.expiresAt > Date.now()) return found?.payload;
    store.delete(key);
    return undefined;
  };
  const findWhere = (model: string, field: 'uid' | 'userCode', value: string) => {
    for (const key of store.keys()) {
      const payload = key.startsWith(`${model}:`) ? find(key) : undefined;
      if (payload?.[field] === value) return payload;
    }
    return undefined;
  };
  return (model) => {
    const keyOf = (id: string) => `${model}:${id}`;
    return {
      upsert: async (id, payload, expiresIn) => {
        store.set(keyOf(id), { payload, expiresAt: expiresIn ? Date.now() + expiresIn * 1_000 : Infinity });
      },
      find: async (id) => find(keyOf(id)),
      findByUserCode: async (userCode) => findWhere(model, 'userCode', userCode),
      findByUid: async (uid) => findWhere(model, 'uid', uid),
      consume: async (id) => {
        const payload = find(keyOf(id));
        if (payload !== undefined) payload.consumed = Math.floor(Date.now() / 1_000);
      },
      destroy: async (id) => {
        store.delete(keyOf(id));
      },
      revokeByGrantId: async (grantId) => {
        for (const [key, { payload }] of store) if (payload.grantId === grantId) store.delete(key);
      },
    };
  };
}
