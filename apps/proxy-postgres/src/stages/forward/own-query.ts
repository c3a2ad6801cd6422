import { encodeBind, encodeClose, encodeExecute, encodeParse } from '@sallyport/codec-postgres';
import type { OwnQuerySlot, ReplySlot } from '../../loops/reply-slot.ts';
import type { OutgoingItem } from './outbox.ts';
import { emptyFlush, emptySync } from './protocol-upkeep.ts';

/** A name that no client uses by accident; closed before and after, so nothing of it stays. */
const NAME = 'sallyport_own';

export type OwnRows = (string | null)[][];

/** What came of own queries: the rows of each, or the SQLSTATE of what went wrong. */
export type OwnOutcome = readonly OwnRows[] | { readonly failed: string };

export interface OwnQueries {
  readonly items: readonly OutgoingItem[];
  readonly outcome: Promise<OwnOutcome>;
}

/**
 * Queries of the proxy's own on the caller's connection, in one transaction. They
 * use the extended protocol with a name of their own, so the client's unnamed
 * statement and portal stay. `end`: with Sync where no batch of the client is
 * open, else with Flush, since a Sync would end the client's implicit transaction.
 */
export function ownQueries(queries: readonly string[], end: 'sync' | 'flush'): OwnQueries {
  const answers: OwnRows[] = queries.map(() => []);
  let failed: string | null = null;
  let settle: (outcome: OwnOutcome) => void = () => undefined;
  const outcome = new Promise<OwnOutcome>((resolve) => {
    settle = resolve;
  });
  const finish = () => {
    settle(failed === null ? answers : { failed });
  };
  const message = (kind: 'parse' | 'bind' | 'close', last = false): ReplySlot => ({
    kind,
    own: true,
    run: null,
    refusal: null,
    done: last ? finish : null,
    dropped: () => {
      failed ??= 'skipped';
      finish();
    },
  });
  const slots: ReplySlot[] = [];
  const bytes: Buffer[] = [];
  queries.forEach((sql, index) => {
    bytes.push(
      encodeClose('statement', NAME),
      encodeParse(NAME, sql),
      encodeBind({ portal: NAME, statement: NAME, parameterFormats: [], parameters: [], resultFormats: [] }),
      encodeExecute(NAME, 0),
      encodeClose('portal', NAME),
    );
    const own = {
      row: (values: readonly (Buffer | null)[]) => {
        answers[index]?.push(values.map((value) => value?.toString('utf8') ?? null));
      },
      failed: (state: string) => {
        failed = state;
      },
    };
    const execute: ReplySlot = { kind: 'execute', run: null, portal: null, own, done: null };
    slots.push(message('close'), message('parse'), message('bind'), execute, message('close'));
  });
  bytes.push(encodeClose('statement', NAME), end === 'sync' ? emptySync : emptyFlush);
  slots.push(message('close', true));
  if (end === 'sync') slots.push({ kind: 'sync', own: true });
  return {
    items: [{ kind: 'own', frames: { purpose: 'probe', bytes: Buffer.concat(bytes) }, slots }],
    outcome,
  };
}

/** A slot for a Query whose answer the client must not see; resolves with the SQLSTATE of a failure. */
export function ownAnswerSlot(): { readonly slot: OwnQuerySlot; readonly outcome: Promise<string | null> } {
  let settle: (failed: string | null) => void = () => undefined;
  const outcome = new Promise<string | null>((resolve) => {
    settle = resolve;
  });
  const ready = (failed: string | null) => {
    settle(failed);
  };
  return { slot: { kind: 'own-query', failed: null, ready }, outcome };
}
