import { describe, expect, it } from '@jest/globals';
import { SAMPLE_CUSTOMERS, sampleCustomer, sampleRows } from './sample-rows.ts';

describe('the sample shop', () => {
  it('is the same each time', () => {
    expect(sampleRows()).toBe(sampleRows());
  });

  it('has card numbers that pass the Luhn check and personal data that is all different', () => {
    const customers = Array.from({ length: SAMPLE_CUSTOMERS }, (_, index) => sampleCustomer(index + 1));
    for (const { card } of customers) {
      expect(card).toMatch(/^(\d{4} ){3}\d{4}$/);
      const doubled = Array.from(
        card.replaceAll(' ', ''),
        (digit, index) => Number(digit) * (index % 2 === 0 ? 2 : 1),
      );
      expect(doubled.reduce((sum, value) => sum + (value > 9 ? value - 9 : value), 0) % 10).toBe(0);
    }
    for (const key of ['email', 'card', 'ssn'] as const) {
      expect(new Set(customers.map((customer) => customer[key])).size).toBe(SAMPLE_CUSTOMERS);
    }
  });
});
