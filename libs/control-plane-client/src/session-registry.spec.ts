import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import {
  EndSessionSchema,
  OpenSessionResponseSchema,
  ViewChangedSchema,
  type OpenSessionResponse,
} from '@sallyport/contracts/dataplane';
import { SessionRegistry } from './session-registry.ts';

const answer = (sessionId = 'ses_1', revision = 'r1', expiresAtMs = 100_000): OpenSessionResponse =>
  create(OpenSessionResponseSchema, {
    sessionId,
    principal: { id: 'p' },
    target: { name: 't' },
    upstream: { host: 'h' },
    view: { revision },
    certificate: {},
    expiresAt: timestampFromMs(expiresAtMs),
  });

const viewChanged = (revision: string, sessionId = 'ses_1') =>
  create(ViewChangedSchema, { sessionId, view: { revision } });
const endSession = (code: string, sessionId = 'ses_1') =>
  create(EndSessionSchema, { sessionId, code, message: 'm' });
const open = (registry: SessionRegistry, response = answer(), askedAtMs = 0) =>
  registry.open(askedAtMs, () => Promise.resolve(response));

describe('SessionRegistry', () => {
  it('gives a session its newest view', async () => {
    const registry = new SessionRegistry(5_000);
    const session = await open(registry);
    const seen: string[] = [];
    session.onView(({ revision }) => seen.push(revision));
    registry.changeView(viewChanged('r2'));
    registry.changeView(viewChanged('r2'));
    registry.changeView(viewChanged('r9', 'ses_other'));
    expect([session.view.revision, seen]).toEqual(['r2', ['r2']]);
  });

  it('carries out an order that overtook the answer that it is about', async () => {
    const registry = new SessionRegistry(5_000);
    const [changed, ended] = await Promise.all([
      registry.open(0, () => {
        registry.changeView(viewChanged('r2'));
        registry.endSession(endSession('locked', 'ses_2'));
        return Promise.resolve(answer());
      }),
      registry.open(0, () => Promise.resolve(answer('ses_2'))),
    ]);
    expect(changed.view.revision).toBe('r2');
    expect(ended.isViewFresh(0)).toBe(false);
  });

  it('keeps no order for a session that was never opened', async () => {
    const registry = new SessionRegistry(5_000);
    await registry.open(0, () => {
      registry.endSession(endSession('locked', 'ses_2'));
      return Promise.resolve(answer());
    });
    expect((await open(registry, answer('ses_2'))).isViewFresh(0)).toBe(true);
  });

  it('takes a view for stale when nothing was heard for too long since it was asked for', async () => {
    const registry = new SessionRegistry(5_000);
    const session = await open(registry, answer(), 10_000);
    expect([session.isViewFresh(14_999), session.isViewFresh(15_000)]).toEqual([true, false]);
    registry.lookedAt(14_000);
    registry.lookedAt(12_000);
    expect([session.isViewFresh(18_999), session.isViewFresh(19_000)]).toEqual([true, false]);
  });

  it('tells the end once, also to who asks later, and changes nothing afterwards', async () => {
    const registry = new SessionRegistry(5_000);
    const session = await open(registry);
    const codes: string[] = [];
    session.onEnd(({ code }) => codes.push(code));
    registry.endSession(endSession('locked'));
    registry.endSession(endSession('token_revoked'));
    registry.changeView(viewChanged('r2'));
    session.onEnd(({ code }) => codes.push(code));
    expect([codes, session.view.revision, session.isViewFresh(0)]).toEqual([
      ['locked', 'locked'],
      'r1',
      false,
    ]);
  });

  it('ends a session for a reason that this version does not know, too', async () => {
    const registry = new SessionRegistry(5_000);
    const session = await open(registry);
    registry.endSession(endSession('abducted_by_aliens'));
    expect(await new Promise((resolve) => session.onEnd(({ code }) => resolve(code)))).toBe(
      'session_ended_by_admin',
    );
  });

  it('ends sessions whose token has expired by itself', async () => {
    const registry = new SessionRegistry(5_000);
    const [early, late] = [
      await open(registry, answer('ses_1', 'r', 1_000)),
      await open(registry, answer('ses_2', 'r', 2_000)),
    ];
    registry.endExpired(1_000);
    expect([early.isViewFresh(0), late.isViewFresh(0)]).toEqual([false, true]);
  });

  it('takes an incomplete answer for none', async () => {
    const registry = new SessionRegistry(5_000);
    for (const missing of ['principal', 'target', 'upstream', 'view', 'certificate', 'expiresAt'] as const) {
      const response = { ...answer(), [missing]: undefined };
      await expect(open(registry, response as OpenSessionResponse)).rejects.toMatchObject({
        code: 'control_plane_unavailable',
      });
    }
    expect(registry.openIds).toEqual([]);
  });
});
