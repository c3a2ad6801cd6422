import { describe, expect, it } from '@jest/globals';
import type { SqlCatalog, SqlInspection, SqlStatement } from '@sallyport/sql-inspect';
import { Classifier } from './classify.ts';
import type { LargeTextAnswer } from './large/large-text-messages.ts';
import { SessionEnvironment } from './session-environment.ts';

const LARGE = `/* ${'x'.repeat(40_000)} */ SELECT 1`;
const FACTS = {
  currentUser: 'agent',
  searchPath: ['public'],
  standardConformingStrings: true,
  clientEncoding: 'UTF8',
  hasTemporary: false,
};
const READ = {
  text: 'SELECT 1',
  effects: [{ action: 'sql.read', objects: [], readOnly: true }],
  settings: [],
  unresolved: [],
} as unknown as SqlStatement;

function classifying() {
  const environment = new SessionEnvironment();
  const change = () => {
    environment.useCatalog({ casts: [] } as unknown as SqlCatalog);
  };
  environment.update(FACTS);
  change();
  const asked: ((answer: LargeTextAnswer | null) => void)[] = [];
  const classifier = new Classifier(environment, {
    inspect: () => new Promise((resolve) => asked.push(resolve)),
  });
  const answer = (inspection: SqlInspection | null) =>
    asked.shift()?.(inspection === null ? null : { inspection, recordedText: 'recorded' });
  return { classifier, change, answer };
}

const understood: SqlInspection = { ok: true, statements: [READ], literalSensitive: false };

/** Waits as the loops do. */
async function ready({ classifier }: ReturnType<typeof classifying>): Promise<void> {
  const pending = classifier.classify(LARGE);
  if (pending.kind !== 'pending') throw new Error('it is not being inspected');
  await pending.ready;
}

describe('a large text', () => {
  it('is classified by what the other thread says, once', async () => {
    const subject = classifying();
    expect(subject.classifier.classify(LARGE).kind).toBe('pending');
    subject.answer(understood);
    await ready(subject);
    expect(subject.classifier.classify(LARGE)).toMatchObject({
      kind: 'classified',
      recordedText: 'recorded',
      text: { statements: [READ] },
    });
    expect(subject.classifier.classify(LARGE).kind).toBe('pending');
  });

  it('is refused when it cannot be inspected, with its beginning for the record', async () => {
    const subject = classifying();
    subject.classifier.classify(LARGE);
    subject.answer(null);
    await ready(subject);
    const refused = subject.classifier.classify(LARGE);
    expect(refused).toMatchObject({ kind: 'refused', code: 'statement_not_understood' });
    if (refused.kind === 'refused') expect(refused.recordedText.length).toBeLessThan(5_000);
  });

  it('is inspected anew when the session changed meanwhile, and not for ever', async () => {
    const subject = classifying();
    for (let round = 0; round < 3; round++) {
      expect(subject.classifier.classify(LARGE).kind).toBe('pending');
      subject.change();
      subject.answer(understood);
    }
    expect(subject.classifier.classify(LARGE)).toMatchObject({
      kind: 'refused',
      code: 'statement_not_understood',
    });
  });

  it('that nobody could inspect is not given to the other thread', () => {
    const { classifier } = classifying();
    expect(classifier.classify(`${' '.repeat(2 ** 21)} SELECT 1`)).toMatchObject({
      kind: 'refused',
      code: 'statement_too_large',
    });
  });
});
