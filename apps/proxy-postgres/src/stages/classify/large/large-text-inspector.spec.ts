import { EventEmitter } from 'node:events';
import { describe, expect, it, jest } from '@jest/globals';
import type { SqlCatalog, SqlEnvironment } from '@sallyport/sql-inspect';
import { LargeTextInspector, type InspectionThread } from './large-text-inspector.ts';
import type { LargeTextAnswer, LargeTextCommand } from './large-text-messages.ts';

class FakeThread extends EventEmitter implements InspectionThread {
  readonly commands: LargeTextCommand[] = [];
  terminated = false;

  postMessage(command: LargeTextCommand): void {
    this.commands.push(command);
  }

  unref(): void {
    // A fake holds nothing.
  }

  terminate(): void {
    this.terminated = true;
  }

  answer(recordedText: string): void {
    this.emit('message', {
      inspection: { ok: true, statements: [], literalSensitive: false },
      recordedText,
    } satisfies LargeTextAnswer);
  }

  get kinds(): string[] {
    return this.commands.map(({ type }) => type);
  }
}

const NO_NAMES = { prepared: [], cursors: [] };
const catalogOf = (name: string) => ({ database: name }) as SqlCatalog;
const environment = (catalog: SqlCatalog, over: Partial<SqlEnvironment> = {}): SqlEnvironment => ({
  catalog,
  searchPath: ['public'],
  currentUser: 'agent',
  ...over,
});

function inspector(over: { deadlineMs?: number; maxWaiting?: number; rows?: boolean } = {}) {
  const threads: FakeThread[] = [];
  const subject = new LargeTextInspector({
    rowsOf: ({ database }) => (over.rows === false ? undefined : [['server', database]]),
    startThread: () => {
      const thread = new FakeThread();
      threads.push(thread);
      return thread;
    },
    ...over,
  });
  const thread = (index: number) => {
    const found = threads[index];
    if (found === undefined) throw new Error('no such thread');
    return found;
  };
  return { subject, threads, thread };
}

describe('the inspection of large texts', () => {
  it('starts its thread with the first text, gives it one text at a time, and each catalog once', async () => {
    const { subject, threads, thread } = inspector();
    expect(threads).toHaveLength(0);
    const env = environment(catalogOf('shop'));
    const answers = [subject.inspect('one', env, NO_NAMES), subject.inspect('two', env, NO_NAMES)];
    expect(thread(0).kinds).toEqual(['catalog', 'inspect']);
    thread(0).answer('ONE');
    expect(thread(0).kinds).toEqual(['catalog', 'inspect', 'inspect']);
    thread(0).answer('TWO');
    expect((await Promise.all(answers)).map((answer) => answer?.recordedText)).toEqual(['ONE', 'TWO']);
    expect(threads).toHaveLength(1);
  });

  it('sends along what the session’s names mean', () => {
    const { subject, thread } = inspector();
    const cursor = { effects: [], outputs: 'unknown' as const };
    const env = environment(catalogOf('shop'), {
      prepared: (name) => (name === 'p' ? 'SELECT 1' : undefined),
      cursors: (name) => (name === 'c' ? cursor : undefined),
      standardConformingStrings: false,
    });
    void subject.inspect('x', env, { prepared: ['p', 'gone'], cursors: ['c'] });
    expect(thread(0).commands[1]).toMatchObject({
      environment: {
        searchPath: ['public'],
        currentUser: 'agent',
        standardConformingStrings: false,
        prepared: [['p', 'SELECT 1']],
        cursors: [['c', cursor]],
      },
    });
  });

  it('keeps a few catalogs in the thread and takes the oldest back', () => {
    const { subject, thread } = inspector();
    const catalogs = ['a', 'b', 'c', 'd', 'e'].map(catalogOf);
    for (const catalog of [...catalogs, ...catalogs.slice(0, 1)]) {
      void subject.inspect('x', environment(catalog), NO_NAMES);
      thread(0).answer('x');
    }
    expect(thread(0).kinds.filter((type) => type === 'catalog')).toHaveLength(6);
    expect(thread(0).commands.filter(({ type }) => type === 'forget')).toEqual([
      { type: 'forget', catalogId: 1 },
      { type: 'forget', catalogId: 2 },
    ]);
  });

  it('answers null for a text that takes too long, and the next one has a new thread', async () => {
    jest.useFakeTimers();
    try {
      const { subject, thread } = inspector({ deadlineMs: 1000 });
      const env = environment(catalogOf('shop'));
      const slow = subject.inspect('slow', env, NO_NAMES);
      const next = subject.inspect('next', env, NO_NAMES);
      jest.advanceTimersByTime(1001);
      expect(await slow).toBeNull();
      expect(thread(0).terminated).toBe(true);
      expect(thread(1).kinds).toEqual(['catalog', 'inspect']);
      thread(0).answer('late, and of the wrong text');
      thread(1).answer('NEXT');
      expect((await next)?.recordedText).toBe('NEXT');
    } finally {
      jest.useRealTimers();
    }
  });

  it('answers null when the thread dies, when none can be had, and for a catalog whose rows are gone', async () => {
    const env = environment(catalogOf('shop'));
    const dying = inspector();
    const lost = dying.subject.inspect('x', env, NO_NAMES);
    dying.thread(0).emit('error', new Error('out of memory'));
    dying.thread(0).emit('exit');
    expect(await lost).toBeNull();
    const none = new LargeTextInspector({
      rowsOf: () => [],
      startThread: () => {
        throw new Error('no threads');
      },
    });
    expect(await none.inspect('x', env, NO_NAMES)).toBeNull();
    expect(await inspector({ rows: false }).subject.inspect('x', env, NO_NAMES)).toBeNull();
  });

  it('takes no more than it may keep waiting', async () => {
    const { subject, thread } = inspector({ maxWaiting: 1 });
    const env = environment(catalogOf('shop'));
    const [first, second, third] = ['1', '2', '3'].map((sql) => subject.inspect(sql, env, NO_NAMES));
    expect(await third).toBeNull();
    thread(0).answer('1');
    thread(0).answer('2');
    expect((await first)?.recordedText).toBe('1');
    expect((await second)?.recordedText).toBe('2');
  });
});
