import { describe, expect, it } from '@jest/globals';
import { LoginPlaces } from './login-places.ts';

describe('LoginPlaces', () => {
  it('gives an address five places, and others theirs', () => {
    const places = new LoginPlaces(() => 0);
    for (let index = 0; index < 5; index += 1) places.take('192.0.2.1');
    expect(() => places.take('192.0.2.1')).toThrow(expect.objectContaining({ code: 'too_many_connections' }));
    expect(() => places.take('192.0.2.2')).not.toThrow();
  });

  it('gives two hundred in all', () => {
    const places = new LoginPlaces(() => 0);
    for (let index = 0; index < 200; index += 1) places.take(`192.0.2.${String(index)}`);
    expect(() => places.take('198.51.100.1')).toThrow(/Too many logins/);
  });

  it('keeps a place for a while after it was given back: hanging up and coming back floods nobody', () => {
    let nowMs = 0;
    const places = new LoginPlaces(() => nowMs);
    for (let index = 0; index < 5; index += 1) places.take('192.0.2.1')[Symbol.dispose]();
    nowMs = 29_999;
    expect(() => places.take('192.0.2.1')).toThrow();
    nowMs = 30_000;
    expect(() => places.take('192.0.2.1')).not.toThrow();
  });

  it('keeps a place that is not given back', () => {
    let nowMs = 0;
    const places = new LoginPlaces(() => nowMs);
    for (let index = 0; index < 5; index += 1) places.take('192.0.2.1');
    nowMs = 3_600_000;
    expect(() => places.take('192.0.2.1')).toThrow();
  });
});
