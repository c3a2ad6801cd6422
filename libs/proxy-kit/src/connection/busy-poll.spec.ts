import { describe, expect, it } from '@jest/globals';
import { BusyPoll, type BusyPollLoop } from './busy-poll.ts';

class HandLoop implements BusyPollLoop {
  now = 1000;
  polls = 0;
  #waiting: (() => void)[] = [];

  nowMs(): number {
    return this.now;
  }

  afterPoll(run: () => void): void {
    this.#waiting.push(run);
  }

  /** Lets the loop go round in steps of 10 us until nobody keeps it awake; how long that was, in us. */
  untilAsleep(mostUs = 1000): number {
    const start = this.now;
    while (this.#waiting.length > 0 && (this.now - start) * 1000 < mostUs) {
      this.now += 0.01;
      this.polls += 1;
      for (const run of this.#waiting.splice(0)) run();
    }
    return Math.round((this.now - start) * 1000);
  }
}

const session = {};
const other = {};

function alone(windowUs = 100): { loop: HandLoop; poll: BusyPoll } {
  const loop = new HandLoop();
  const poll = new BusyPoll(windowUs, loop);
  poll.touch(session);
  loop.now += 6;
  return { loop, poll };
}

describe('BusyPoll', () => {
  it('keeps the loop awake for its window after a lone session did something', () => {
    const { loop, poll } = alone();
    poll.touch(session);
    expect(loop.untilAsleep()).toBeGreaterThanOrEqual(100);
    expect(loop.untilAsleep()).toBe(0);
  });

  it('stays awake as long as something keeps coming', () => {
    const { loop, poll } = alone();
    poll.touch(session);
    for (let index = 0; index < 20; index += 1) {
      loop.untilAsleep(50);
      poll.touch(session);
    }
    expect(loop.untilAsleep()).toBeGreaterThanOrEqual(100);
  });

  it('never polls while two sessions are active', () => {
    const { loop, poll } = alone();
    for (let index = 0; index < 50; index += 1) {
      poll.touch(index % 2 === 0 ? other : session);
      loop.now += 0.5;
    }
    expect(loop.untilAsleep()).toBe(0);
  });

  it('ends a poll when another session comes', () => {
    const { loop, poll } = alone(500);
    poll.touch(session);
    loop.untilAsleep(50);
    poll.touch(other);
    expect(loop.untilAsleep()).toBeLessThanOrEqual(20);
  });

  it('rests ever longer while its polls find nothing, so that slow conversations cost next to nothing', () => {
    const { loop, poll } = alone();
    for (let index = 0; index < 2000; index += 1) {
      poll.touch(session);
      loop.untilAsleep();
      loop.now += 2;
    }
    // 2000 statements in four seconds, and awake for well under a hundredth of it.
    expect(loop.polls * 10).toBeLessThan(40_000);
  });

  it('does nothing when it is turned off', () => {
    const { loop, poll } = alone(0);
    poll.touch(session);
    expect(loop.untilAsleep()).toBe(0);
  });
});
