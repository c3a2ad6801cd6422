import { create } from '@bufbuild/protobuf';
import { describe, expect, it } from '@jest/globals';
import { MaskObligationSchema } from '@sallyport/contracts/access';
import * as masking from '@sallyport/masking';
import * as policy from '@sallyport/policy-sdk';
import { MaskRules } from './mask-rules.ts';

const KEY = new Uint8Array(32);
const obligation = (strategy: string, keep = 0) =>
  create(MaskObligationSchema, { columns: ['public.customers.email'], strategy, keep });

describe('the words of a mask', () => {
  it('are the same in policies and in what masks: each strategy and detector that a rule can name is there', () => {
    expect([...policy.MASK_STRATEGIES].sort()).toEqual([...masking.MASK_STRATEGIES].sort());
    expect([...policy.DETECTOR_NAMES].sort()).toEqual([...masking.DETECTOR_NAMES].sort());
  });

  it('name a strategy that is ranked: two rules on one column give the stricter, whatever their order', () => {
    const strategies = [...masking.MASK_STRATEGIES];
    const chosen = (...of: readonly string[]) =>
      new MaskRules(
        of.map((each) => obligation(each)),
        KEY,
      ).ofColumn('public.customers.email')?.strategy;
    for (const one of strategies) {
      expect(chosen(one)).toBe(one);
      expect(chosen(one, 'redact')).toBe('redact');
      expect(chosen('partial', one)).toBe(one);
      for (const other of strategies) expect(chosen(one, other)).toBe(chosen(other, one));
    }
  });

  it('hide everything where they are not known', () => {
    const rules = new MaskRules([obligation('blur')], KEY);
    expect(rules.ofColumn('public.customers.email')).toEqual({ strategy: 'redact' });
    const detectors = ['email', 'shoe-size'];
    expect(() => new MaskRules([create(MaskObligationSchema, { detectors })], KEY)).toThrow(/shoe-size/);
  });
});
