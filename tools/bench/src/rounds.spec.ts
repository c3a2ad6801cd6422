import { describe, expect, it } from '@jest/globals';
import { comparing, inRounds } from './rounds.ts';
import type { Subject } from './subject.ts';

const never = new AbortController().signal;

const subject = (name: Subject['name']): Subject => ({
  name,
  host: '',
  port: 0,
  user: '',
  database: '',
  password: () => '',
  pids: [],
  backgroundPids: [],
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

describe('rounds', () => {
  it('measure every subject in turns, each round beginning with another', async () => {
    const order: string[] = [];
    await inRounds([subject('direct'), subject('pipe'), subject('sallyport')], 3, never, ({ name }) => {
      order.push(name);
      return Promise.resolve(0);
    });
    expect(order.join(' ')).toBe('direct pipe sallyport pipe sallyport direct sallyport direct pipe');
  });

  it('end when they are interrupted', async () => {
    const controller = new AbortController();
    const seen: string[] = [];
    const rounds = inRounds([subject('direct'), subject('pipe')], 2, controller.signal, ({ name }) => {
      seen.push(name);
      controller.abort(new Error('interrupted'));
      return Promise.resolve(0);
    });
    await expect(rounds).rejects.toThrow('interrupted');
    expect(seen).toEqual(['direct']);
  });

  it('compare subjects within a round, and leave out whoever was not there', async () => {
    let value = 1;
    const rounds = await inRounds([subject('direct'), subject('pipe')], 2, never, () =>
      Promise.resolve((value *= 2)),
    );
    expect(comparing(rounds, 'pipe', 'direct', (one, other) => one / other)).toEqual([2, 0.5]);
    expect(comparing(rounds, 'sallyport', 'direct', (one, other) => one / other)).toEqual([]);
  });
});
