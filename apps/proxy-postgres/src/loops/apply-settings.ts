import { encodeQuery } from '@sallyport/codec-postgres';
import { AccessError } from '@sallyport/errors';
import { refusalOf, type ForwardPermit, type RecordedDecision } from '@sallyport/proxy-kit';
import { ownAnswerSlot } from '../stages/forward/own-query.ts';
import type { SessionCore } from './session-core.ts';
import type { StatementRun } from './statement-run.ts';

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
  const run = await decide(core, name, text);
  const permit = await permitOf(core, name, run);
  const answer = ownAnswerSlot();
  for (const statement of run.statements) core.environment.noteForwarded(statement);
  core.outbox.add({
    items: [{ kind: 'statement', run, permit, bytes: encodeQuery(text), slots: [answer.slot] }],
    unrecorded: 0,
  });
  if ((await answer.outcome) !== null) {
    throw new AccessError(
      'protocol_violation',
      `The target does not take "${name}" from the startup packet.`,
    );
  }
}

async function decide(core: SessionCore, name: string, text: string): Promise<StatementRun> {
  await core.upkeep.ensure();
  const classification = core.classifier.classify(text);
  if (classification.kind !== 'classified') {
    throw new AccessError(
      'statement_not_understood',
      `The startup packet sets "${name}", which was not understood.`,
    );
  }
  return core.decider.decide({
    shape: classification.text.shape('sql.simple', core.decisions.compiled),
    statements: classification.text.statements,
    recordedText: classification.recordedText,
    exactText: text,
    parameters: [],
    context: core.environment.context(core.database),
    effectiveRole: core.environment.facts?.currentUser ?? '',
    preparation: false,
  });
}

async function permitOf(core: SessionCore, name: string, run: StatementRun): Promise<ForwardPermit> {
  const recorded = await new Promise<RecordedDecision>((resolve) => {
    core.recorder.decided(run.decided, resolve);
  });
  switch (recorded.kind) {
    case 'permit':
      return recorded.permit;
    case 'refused':
      throw refusalOf(run.decided);
    case 'held':
      throw new AccessError(
        'hold_pending',
        `Setting "${name}" needs approval; set it with SET, where it can wait.`,
      );
  }
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
