import { encodeQuery } from '@sallyport/codec-postgres';
import { Outcome } from '@sallyport/contracts/access';
import { AccessError } from '@sallyport/errors';
import { refusalOf, type ForwardPermit } from '@sallyport/proxy-kit';
import { ownAnswerSlot } from '../stages/forward/own-query.ts';
import type { SessionCore } from './session-core.ts';

/**
 * Settings of the startup packet that change what names mean or who acts: each
 * is decided on, recorded and run as the statement that it amounts to, before
 * the client is let in. @throws AccessError the decision, as the answer to the login
 */
export async function applySettings(core: SessionCore, settings: ReadonlyMap<string, string>): Promise<void> {
  for (const [name, value] of settings) await applySetting(core, name, value);
}

async function applySetting(core: SessionCore, name: string, value: string): Promise<void> {
  if (value.includes('\\') || value.includes('\0')) {
    throw new AccessError(
      'feature_not_supported',
      `The startup packet sets "${name}" to a value with a backslash.`,
    );
  }
  const text = `SELECT pg_catalog.set_config(${literal(name)}, ${literal(value)}, false)`;
  await core.upkeep.ensure();
  const classification = core.classifier.classify(text);
  if (classification.kind !== 'classified') {
    throw new AccessError(
      'statement_not_understood',
      `The startup packet sets "${name}", which was not understood.`,
    );
  }
  const { statements } = classification.text;
  const run = await core.decider.decide({
    shape: classification.text.shape('sql.simple', core.decisions.compiled),
    statements,
    recordedText: classification.recordedText,
    exactText: text,
    parameters: [],
    context: core.environment.context(core.database),
    effectiveRole: core.environment.facts?.currentUser ?? '',
    preparation: false,
  });
  const permit = await new Promise<ForwardPermit | null>((resolve) => {
    core.recorder.decided(run.decided, (recorded) => {
      resolve(recorded.kind === 'permit' ? recorded.permit : null);
    });
  });
  if (permit === null) {
    if (run.decided.decision.outcome === Outcome.DENY) throw refusalOf(run.decided);
    throw new AccessError(
      'hold_pending',
      `Setting "${name}" needs approval; set it with SET, where it can wait.`,
    );
  }
  const answer = ownAnswerSlot();
  for (const statement of statements) core.environment.noteForwarded(statement);
  core.outbox.add({
    items: [{ kind: 'statement', run, permit, bytes: encodeQuery(text), slots: [answer.slot] }],
    unrecorded: 0,
  });
  const failed = await answer.outcome;
  if (failed !== null)
    throw new AccessError(
      'protocol_violation',
      `The target does not take "${name}" from the startup packet.`,
    );
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
