import { describe, expect, it } from '@jest/globals';
import { passesLuhn } from '../luhn.ts';
import { fakeText } from './fake.ts';

const key = new Uint8Array(32).fill(5);

describe('fakeText', () => {
  it('makes an address that reaches nobody', () => {
    expect(fakeText('ann@corp.com', key)).toMatch(/^[a-z]+\.[a-z]+[0-9]+@example\.(com|net|org)$/);
  });

  it('makes a card number of a test range that passes Luhn, grouped as it was', () => {
    const fake = fakeText('4929 1234 5678 9015', key);
    expect(fake).toMatch(/^4000 00[0-9]{2} [0-9]{4} [0-9]{4}$/);
    expect(passesLuhn(fake.replaceAll(' ', ''))).toBe(true);
  });

  it('makes a social security number that is never issued', () => {
    expect(fakeText('123-45-6789', key)).toMatch(/^9[0-9]{2}-00-[0-9]{4}$/);
  });

  it('makes a telephone number of the range for fiction', () => {
    expect(fakeText('+49 30 123456', key)).toMatch(/^\+1 202-555-01[0-9]{2}$/);
  });

  it('makes names of names and words of words', () => {
    expect(fakeText('Ann Smith', key)).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/);
    expect(fakeText('some free text', key)).toMatch(/^[a-z]+ [a-z]+ [a-z]+$/);
  });

  it('never makes a value of itself, not even of one that fakes are made of', () => {
    const words = [
      'amber',
      'basin',
      'cedar',
      'delta',
      'ember',
      'fjord',
      'grove',
      'harbor',
      'inlet',
      'juniper',
    ];
    for (const word of words) expect(fakeText(word, key)).not.toBe(word);
  });
});
