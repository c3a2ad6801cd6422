import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ControlPlaneClient } from '@sallyport/control-plane-client';
import { eventually } from '@sallyport/testing';
import { Fixture } from './support/fixture.ts';

const MINUTE = 60_000;

describe('the certificate of a component', () => {
  let fixture: Fixture;

  beforeAll(async () => {
    fixture = await Fixture.start({ config: { dataPlane: { port: 0, certificateLifetimeHours: 1 } } });
  });

  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
  });

  const renewals = () =>
    fixture.logLines.filter((line) => line.includes('component joined') && line.includes('"renews":true'))
      .length;

  it('is kept for the next start, renewed while it runs and at a start when that is due, and not used once it is over', async () => {
    let aheadMs = 0;
    const { join, ...options } = await fixture.componentOptions('proxy', 'renewed');
    const lasting = { ...options, nowMs: () => Date.now() + aheadMs, renewalCheckMs: 20 };
    const first = await ControlPlaneClient.connect({ ...lasting, join });
    await eventually('the stream', () => first.connected);
    expect(renewals()).toBe(0);
    aheadMs = 45 * MINUTE;
    await eventually('a renewal', () => renewals() > 0);
    await eventually('the stream over the new certificate', () => first.connected);
    aheadMs = 0;
    await first.close();

    await (await ControlPlaneClient.connect(lasting)).close();
    const before = renewals();
    aheadMs = 45 * MINUTE;
    await (await ControlPlaneClient.connect(lasting)).close();
    expect(renewals()).toBeGreaterThan(before);
    aheadMs = 120 * MINUTE;
    await expect(ControlPlaneClient.connect(lasting)).rejects.toMatchObject({ code: 'token_missing' });
  });
});
