import { afterAll, beforeAll, describe } from '@jest/globals';
import { Fixture } from './support/fixture.ts';
import { suites } from './suites/index.ts';

describe('on the embedded database', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await Fixture.start();
  });
  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
  });
  for (const suite of suites) suite(() => fixture);
});
