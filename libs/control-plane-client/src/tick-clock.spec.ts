import { describe, expect, it } from '@jest/globals';
import { TickClock } from './tick-clock.ts';

describe('TickClock', () => {
  it('knows nothing before the first tick, and then no more than that it came after the question', () => {
    const clock = new TickClock(1_000);
    expect(clock.lookedAtMs).toBe(Number.NEGATIVE_INFINITY);
    clock.tick(900_000, 1_400);
    expect(clock.lookedAtMs).toBe(1_000);
  });

  it('moves on by the clock of the control plane, however different that is from the local one', () => {
    const clock = new TickClock(1_000);
    clock.tick(900_000, 1_100);
    clock.tick(901_000, 2_100);
    expect(clock.lookedAtMs).toBe(2_000);
  });

  it('takes a tick that was held up on its way for as old as it is', () => {
    const clock = new TickClock(1_000);
    clock.tick(900_000, 1_100);
    clock.tick(901_000, 61_100);
    expect(clock.lookedAtMs).toBe(2_000);
  });

  it('never lies in the future, and never goes back', () => {
    const clock = new TickClock(1_000);
    clock.tick(900_000, 1_100);
    clock.tick(999_000, 2_100);
    expect(clock.lookedAtMs).toBe(2_100);
    clock.tick(899_000, 3_100);
    expect(clock.lookedAtMs).toBe(2_100);
  });
});
