import { describe, expect, it } from '@jest/globals';
import { Steadiness } from './steadiness.ts';

describe('Steadiness', () => {
  it('counts from the first beat on, as long as they come', () => {
    const steadiness = new Steadiness();
    expect(steadiness.steadyForMs(1_000)).toBe(0);
    for (let nowMs = 1_000; nowMs <= 11_000; nowMs += 400) steadiness.beat(nowMs);
    expect(steadiness.steadyForMs(11_000)).toBe(10_000);
  });

  it('begins anew after a gap, and is none while there are no beats', () => {
    const steadiness = new Steadiness();
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 500) steadiness.beat(nowMs);
    expect(steadiness.steadyForMs(12_001)).toBe(0);
    steadiness.beat(13_000);
    expect(steadiness.steadyForMs(13_100)).toBe(100);
  });
});
