/** Decides on an operation of SFTP, in its turn, and says what is to be done then. */
import { StatementOutcome } from '@sallyport/contracts/event';
import { toAccessError, type AccessError } from '@sallyport/errors';
import type { ForwardPermit } from '@sallyport/proxy-kit';
import type { StatementAsk } from '../../stages/classify/statement-ask.ts';
import type { StatementRun } from '../../stages/record/statement-run.ts';
import type { SessionCore } from '../session-core.ts';
import { checkRead } from './check-read.ts';
import type { SftpExchange } from './sftp-exchange.ts';

type Verdict =
  | { readonly kind: 'permit'; readonly permit: ForwardPermit; readonly run: StatementRun }
  | { readonly kind: 'refused'; readonly error: AccessError };

/** Who asks. */
export interface Asker {
  readonly core: SessionCore;
  /** Withdraws what waits. */
  readonly signal: AbortSignal;
  /** Tells the person at the client. */
  note(text: string): void;
}

/** The decision on one ask, what it masks with it. @param onHeld it waits for approval */
export async function decideAsk(asker: Asker, ask: StatementAsk, onHeld: () => void): Promise<Verdict> {
  try {
    const admission = await asker.core.gate.admit(ask, asker.signal, (text) => {
      asker.note(text);
      onHeld();
    });
    if (admission.kind === 'refused') return admission;
    const { permit, run } = admission;
    const read = ask.effects.filter(({ action }) => action === 'ssh.sftp.read');
    const paths = read.flatMap(({ objects }) => objects.map(({ name }) => name));
    const masked = read.length === 0 ? null : checkRead(run.decided.decision, paths);
    if (masked === null) return { kind: 'permit', permit, run };
    run.finish(StatementOutcome.REFUSED, masked.code);
    return { kind: 'refused', error: masked };
  } catch (thrown) {
    return { kind: 'refused', error: toAccessError(thrown) };
  }
}

export interface TurnHandlers {
  readonly permitted: (permit: ForwardPermit, run: StatementRun) => void;
  readonly refused: (error: AccessError) => void;
  /** It lets others go first. */
  readonly onHeld?: () => void;
}

/** As `decideAsk`, keeping its place among the requests; one that is held gives it up. */
export async function decideInTurn(
  exchange: SftpExchange,
  makeAsk: () => Promise<StatementAsk>,
  handlers: TurnHandlers,
): Promise<void> {
  const ready = exchange.toTarget.wait();
  let left = false;
  const go = (then: () => void) => {
    if (left) then();
    else ready(then);
  };
  const ask = await makeAsk();
  const verdict = await decideAsk(exchange, ask, () => {
    if (left) return;
    left = true;
    handlers.onHeld?.();
    ready(() => undefined);
  });
  go(() => {
    if (verdict.kind === 'refused') handlers.refused(verdict.error);
    else if (exchange.isOver) verdict.run.finish(StatementOutcome.CANCELED, '');
    else handlers.permitted(verdict.permit, verdict.run);
  });
}

/** The target's word on an operation, for its record. `status`: its code; 0 is success. */
export function finishByStatus(run: StatementRun, status: number): void {
  if (status === 0) run.finish(StatementOutcome.COMPLETED, '');
  else run.finish(StatementOutcome.FAILED, `status ${status}`);
}
