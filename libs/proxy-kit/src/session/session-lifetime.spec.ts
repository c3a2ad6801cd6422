import { AccessError } from '@sallyport/errors';
import { describe, expect, it } from '@jest/globals';
import { SessionLifetime, type LifetimeClock } from './session-lifetime.ts';

class FakeClock implements LifetimeClock {
  time = 0;
  #timers: { at: number; run: () => void }[] = [];
  now(): number {
    return this.time;
  }
  setTimer(run: () => void, delayMs: number) {
    const timer = { at: this.time + delayMs, run };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((each) => each !== timer);
      },
    };
  }
  advance(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const next = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.time = next.at;
      next.run();
    }
    this.time = end;
  }
}

const codeOf = (life: SessionLifetime) =>
  life.reason instanceof AccessError ? life.reason.code : life.reason;

describe('SessionLifetime', () => {
  it('keeps the first reason and aborts once', async () => {
    const life = new SessionLifetime(new FakeClock());
    const ended = life.ended;
    life.end('client_closed');
    life.end(new AccessError('locked', 'x'));
    expect(codeOf(life)).toBe('client_closed');
    expect(life.signal.aborted).toBe(true);
    expect(await ended).toBe('client_closed');
  });

  it('ends at a moment further away than any timer reaches', () => {
    const clock = new FakeClock();
    const life = new SessionLifetime(clock);
    const moment = 2 ** 31 * 3;
    life.endAt(new Date(moment), () => new AccessError('token_expired', 'x'));
    clock.advance(moment - 1);
    expect(life.reason).toBeNull();
    clock.advance(1);
    expect(codeOf(life)).toBe('token_expired');
  });

  it('ends when nothing happens, not while an answer is awaited, and not when something does', () => {
    const clock = new FakeClock();
    const life = new SessionLifetime(clock);
    let busy = true;
    life.endWhenIdle(1000, () => busy);
    clock.advance(5000);
    expect(life.reason).toBeNull();
    busy = false;
    life.touch();
    clock.advance(900);
    life.touch();
    clock.advance(900);
    expect(life.reason).toBeNull();
    clock.advance(1000);
    expect(codeOf(life)).toBe('idle_timeout');
  });
});
