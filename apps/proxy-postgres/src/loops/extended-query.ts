/**
 * The extended protocol (protocol document, 55.2.3): Parse, Bind, Describe,
 * Execute and Close are gathered up to the Sync or Flush that follows, each is
 * decided on as it comes, and the batch leaves as one. After a refusal the rest
 * of the batch is dropped, as a server does after an error; what stands in for
 * the refused message makes the target do the same.
 */
import {
  decodeBind,
  decodeClose,
  decodeDescribe,
  decodeExecute,
  decodeParse,
  encodeDescribe,
  frameBytes,
  FrontendType,
  type Bind,
  type FieldDescription,
  type ScannedPart,
} from '@sallyport/codec-postgres';
import { NamedObjects } from '../stages/classify/named-objects.ts';
import type { PreparedText } from '../stages/classify/session-environment.ts';
import type { OutgoingBatch } from '../stages/forward/outbox.ts';
import { FLUSH, SYNC } from '../stages/forward/protocol-upkeep.ts';
import { standInParse } from '../stages/forward/stand-in.ts';
import { bindParameters } from './bind-parameters.ts';
import type { ReplySlot } from './reply-slot.ts';
import type { SessionCore } from './session-core.ts';
import { NOT_UNDERSTOOD, refusalOf } from './simple-query.ts';
import type { StatementItem } from './statement-gate.ts';
import type { StatementRun } from './statement-run.ts';

/** A portal: a bound statement, and what its rows look like where they are masked. */
interface Portal {
  run: StatementRun;
  readonly bind: Bind;
  readonly prepared: PreparedText;
  fields: readonly FieldDescription[] | null | undefined;
}

const MAX_BATCH_ITEMS = 1000;
const MAX_BATCH_BYTES = 1024 * 1024;

type Outcome = void | Promise<void>;

export class ExtendedQuery {
  readonly #core: SessionCore;
  readonly #portals = new NamedObjects<Portal>();
  #batch: OutgoingBatch = { items: [], unrecorded: 0 };
  #batchBytes = 0;
  /** Counts Syncs: what one batch asks for is certain only within it. */
  #cycle = 0;
  #discarding = false;
  #open = false;

  constructor(core: SessionCore) {
    this.#core = core;
  }

  /** Everything up to the next Sync is dropped. */
  get discarding(): boolean {
    return this.#discarding;
  }

  /** Messages were sent since the last Sync. */
  get batchIsOpen(): boolean {
    return this.#open;
  }

  /** Before a Query, which follows what is gathered. */
  sendGathered(): void {
    if (this.#batch.items.length > 0) this.#send();
  }

  /** A transaction ended: its portals are gone. */
  forgetPortals(): void {
    this.#portals.clear();
  }

  handle(part: ScannedPart): Outcome {
    switch (part.type) {
      case FrontendType.Sync:
        this.#batch.items.push({ kind: 'own', frames: SYNC, slots: [{ kind: 'sync', own: false }] });
        this.#send();
        this.#open = false;
        this.#discarding = false;
        this.#cycle++;
        return;
      case FrontendType.Flush:
        this.#batch.items.push({ kind: 'own', frames: FLUSH, slots: [] });
        this.#send();
        return;
      default:
        if (this.#discarding) return;
    }
    switch (part.type) {
      case FrontendType.Parse:
        return this.#parse(part);
      case FrontendType.Bind:
        return this.#bind(part);
      case FrontendType.Execute:
        return this.#execute(part);
      case FrontendType.Describe:
        decodeDescribe(part);
        this.#add(frameBytes(part), [{ kind: 'describe', own: false, described: null }]);
        return;
      default:
        this.#close(part);
    }
  }

  /** A message that is refused without being read. */
  refuse(code: 'statement_too_large', message: string): void {
    if (this.#discarding) return;
    const run = this.#core.decider.refuse(NOT_UNDERSTOOD, '', code, message);
    void this.#admit(run, () => unreachable(), undefined);
  }

  #parse(part: ScannedPart): Outcome {
    const { statement: name, sql, parameterTypes } = decodeParse(part);
    const bytes = frameBytes(part);
    const prepared: PreparedText | null = sql === null ? null : { sql, source: sql, parameterTypes };
    const permitted = (run: StatementRun) => {
      if (prepared === null) return unreachable();
      const proposal = this.#core.environment.prepared.propose(name, prepared, this.#cycle);
      return statementItem(run, bytes, [{ kind: 'parse', own: false, run, refusal: null, ...proposal }]);
    };
    return this.#whenKnown(() =>
      this.#classified(prepared, true, 'sql.parse', [], (run) =>
        this.#admit(run, () => permitted(run), undefined),
      ),
    );
  }

  #bind(part: ScannedPart): Outcome {
    const bind = decodeBind(part);
    const bytes = frameBytes(part);
    return this.#whenKnown(() => this.#bindKnown(bind, bytes, true));
  }

  #bindKnown(bind: Bind, bytes: Buffer, mayWait: boolean): Outcome {
    const prepared = this.#core.environment.prepared.lookUp(bind.statement, this.#cycle);
    if (prepared === 'unsettled' && mayWait) return this.#settled(() => this.#bindKnown(bind, bytes, false));
    if (prepared === undefined || prepared === 'unsettled') {
      return this.#refuseUnknown(`There is no prepared statement "${bind.statement}".`);
    }
    return this.#classified(prepared, true, 'sql.execute', bindParameters(bind, prepared), (run) =>
      this.#admit(run, () => this.#bindItem(run, bind, prepared, bytes), undefined),
    );
  }

  /** Where its rows are masked, a portal is described at once: RowDescription is known before a row can come. */
  #bindItem(run: StatementRun, bind: Bind, prepared: PreparedText, bytes: Buffer): StatementItem {
    const portal: Portal = { run, bind, prepared, fields: undefined };
    const proposal = this.#portals.propose(bind.portal, portal, this.#cycle);
    const slots: ReplySlot[] = [{ kind: 'bind', own: false, run, refusal: null, ...proposal }];
    if (run.plan.results[0]?.kind !== 'mask') return statementItem(run, bytes, slots);
    slots.push({
      kind: 'describe',
      own: true,
      described: (fields) => {
        portal.fields = fields;
      },
    });
    return statementItem(run, Buffer.concat([bytes, encodeDescribe('portal', bind.portal)]), slots);
  }

  #execute(part: ScannedPart): Outcome {
    const { portal: name } = decodeExecute(part);
    return this.#executeKnown(name, frameBytes(part), true);
  }

  #executeKnown(name: string, bytes: Buffer, mayWait: boolean): Outcome {
    const portal = this.#portals.lookUp(name, this.#cycle);
    if (portal === 'unsettled' && mayWait) return this.#settled(() => this.#executeKnown(name, bytes, false));
    if (portal === undefined || portal === 'unsettled')
      return this.#refuseUnknown(`There is no portal "${name}".`);
    const { run } = portal;
    const revision = this.#core.decisions.compiled?.revision;
    const slots = (of: StatementRun): ReplySlot[] => [
      { kind: 'execute', run: of, portal, own: null, done: null },
    ];
    if (!run.finished && revision === run.decided.decision.policyRevision) {
      for (const statement of run.statements) this.#core.environment.noteForwarded(statement);
      this.#push({ kind: 'proceed', run, bytes, slots: slots(run) }, bytes.length);
      return;
    }
    // It ran before, or the policy is another one by now: what was decided at Bind is used up.
    const parameters = bindParameters(portal.bind, portal.prepared);
    return this.#whenKnown(() =>
      this.#classified(portal.prepared, true, 'sql.execute', parameters, (again) =>
        this.#admit(
          again,
          () => {
            portal.run = again;
            return statementItem(again, bytes, slots(again));
          },
          again.statements,
        ),
      ),
    );
  }

  #close(part: ScannedPart): void {
    const { kind, name } = decodeClose(part);
    const done = () => {
      if (kind === 'statement') this.#core.environment.prepared.delete(name);
      else this.#portals.delete(name);
    };
    this.#add(frameBytes(part), [
      { kind: 'close', own: false, run: null, refusal: null, done, dropped: null },
    ]);
  }

  /** Classifies and decides; `then` gets a run, refused ones included. */
  #classified(
    prepared: PreparedText | null,
    mayRefresh: boolean,
    kind: 'sql.parse' | 'sql.execute',
    parameters: ReturnType<typeof bindParameters>,
    then: (run: StatementRun) => Outcome,
  ): Outcome {
    const { classifier, decider, decisions, environment } = this.#core;
    const classification =
      prepared === null ? classifier.classify(null) : classifier.classifyPrepared(prepared);
    if (classification.kind === 'pending') {
      return classification.ready.then(() =>
        this.#whenKnown(() => this.#classified(prepared, mayRefresh, kind, parameters, then)),
      );
    }
    if (classification.kind === 'unresolved' && mayRefresh) {
      this.#sendOpen();
      return this.#core.upkeep
        .refreshCatalog()
        .then(() => this.#classified(prepared, false, kind, parameters, then));
    }
    const refusal = refusalOf(classification) ?? environment.refusalWhileStale(classification);
    if (refusal !== null || classification.kind !== 'classified') {
      const { code, message } = refusal ?? { code: 'statement_not_understood' as const, message: '' };
      return then(decider.refuse({ ...NOT_UNDERSTOOD, kind }, classification.recordedText, code, message));
    }
    const { text, recordedText } = classification;
    const run = decider.decide({
      shape: text.shape(kind, decisions.compiled),
      statements: text.statements,
      recordedText,
      exactText: prepared?.sql ?? '',
      parameters,
      context: environment.context(this.#core.database),
      effectiveRole: environment.facts?.currentUser ?? '',
      preparation: kind === 'sql.parse',
    });
    return run instanceof Promise ? run.then(then) : then(run);
  }

  #admit(
    run: StatementRun,
    permitted: () => StatementItem,
    runs: StatementRun['statements'] | undefined,
  ): Outcome {
    const { gate, environment } = this.#core;
    const admitted = gate.admit(run, this.#batch, {
      permitted,
      refused: (refusedRun, refusal) => ({
        kind: 'own',
        frames: standInParse(refusedRun.id),
        slots: [{ kind: 'parse', own: false, run: refusedRun, refusal, done: null, dropped: null }],
      }),
    });
    const settle = (yes: boolean) => {
      if (!yes) this.#discarding = true;
      else for (const statement of runs ?? []) environment.noteForwarded(statement);
    };
    if (admitted instanceof Promise) return admitted.then(settle);
    settle(admitted);
  }

  #refuseUnknown(message: string): Outcome {
    const run = this.#core.decider.refuse(
      { ...NOT_UNDERSTOOD, kind: 'sql.execute' },
      '',
      'statement_not_understood',
      message,
    );
    return this.#admit(run, () => unreachable(), undefined);
  }

  /** Goes on once the session's state is known; what is gathered is sent first, as its answers may be what is waited for. */
  #whenKnown(then: () => Outcome): Outcome {
    if (this.#core.environment.isStale) this.#sendOpen();
    const waiting = this.#core.upkeep.ensure();
    return waiting === null ? then() : waiting.then(then);
  }

  #settled(then: () => Outcome): Promise<void> {
    this.#sendOpen();
    return this.#core.settling.wait().then(then);
  }

  /** Sends an unfinished batch, with a Flush so that its answers come. */
  #sendOpen(): void {
    if (this.#batch.items.length === 0) return;
    this.#batch.items.push({ kind: 'own', frames: FLUSH, slots: [] });
    this.#send();
  }

  #add(bytes: Buffer, slots: readonly ReplySlot[]): void {
    this.#push({ kind: 'own', frames: { purpose: 'describe', bytes }, slots }, bytes.length);
  }

  #push(item: OutgoingBatch['items'][number], bytes: number): void {
    this.#batch.items.push(item);
    this.#batchBytes += bytes;
    if (this.#batch.items.length >= MAX_BATCH_ITEMS || this.#batchBytes >= MAX_BATCH_BYTES) this.#send();
  }

  #send(): void {
    const batch = this.#batch;
    this.#batch = { items: [], unrecorded: 0 };
    this.#batchBytes = 0;
    this.#open = true;
    this.#core.outbox.add(batch);
  }
}

function statementItem(run: StatementRun, bytes: Buffer, slots: readonly ReplySlot[]): StatementItem {
  return { kind: 'statement', run, bytes, slots, permit: null };
}

function unreachable(): never {
  throw new Error('a refused statement cannot be admitted');
}
