/** How durable a record must be before `done` is called (DESIGN.md, 2.7). */
export type SpoolDurability = 'written' | 'synced' | 'acked';

/**
 * What a recorder needs of the spool; `Spool` of @sallyport/session-events is
 * the real one. `done` is called exactly once, never before `append` returns.
 */
export interface SpoolPort {
  append(
    sessionId: string,
    record: readonly Uint8Array[],
    durability: SpoolDurability,
    done: (error?: Error) => void,
  ): void;
  /** A session that cannot be closed, because its events were refused, will be sealed as broken. */
  abandon?(sessionId: string): void;
}
