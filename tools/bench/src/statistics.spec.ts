import { describe, expect, it } from '@jest/globals';
import { quantile, spreadOf } from './statistics.ts';

describe('a figure over rounds', () => {
  it('is the median, with the least and the most', () => {
    expect(spreadOf([3, 1, 2])).toEqual({ median: 2, min: 1, max: 3 });
    expect(spreadOf([4, 1])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(spreadOf([10, 9])).toEqual({ median: 9.5, min: 9, max: 10 });
  });

  it('is none without values', () => {
    expect(() => spreadOf([])).toThrow('no values');
    expect(() => quantile([], 0.5)).toThrow('no values');
  });

  it('takes quantiles in proportion', () => {
    expect(quantile([0, 10, 20, 30, 40], 0.99)).toBeCloseTo(39.6);
    expect(quantile([7], 0.99)).toBe(7);
  });
});
