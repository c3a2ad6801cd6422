import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { create } from '@bufbuild/protobuf';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Outcome } from '@sallyport/contracts/access';
import { SessionState } from '@sallyport/contracts/admin';
import { IndexEntrySchema, type IndexEntry } from '@sallyport/contracts/dataplane';
import { SealState } from '@sallyport/contracts/event';
import type { ControlPlaneClient, OpenedSession, RecorderClient } from '@sallyport/control-plane-client';
import {
  certifyRecorder,
  generateSigningKey,
  nodeCrypto,
  recordingPath,
  sealRecording,
  verifyRecorderCertificate,
} from '@sallyport/recording-format';
import type { Fixture } from '../support/fixture.ts';
import { encodeStretch } from '../../src/recordings/index-stretch.ts';
import { policyManifest, READS, targetManifest } from '../support/manifests.ts';
import { sessionInput } from './opening-sessions.ts';

function statement(
  sessionId: string,
  sequence: bigint,
  text: string,
  outcome: Outcome = Outcome.ALLOW,
): IndexEntry {
  return create(IndexEntrySchema, {
    sessionId,
    sequence,
    timeUnixUs: 1n,
    entry: {
      case: 'statement',
      value: { statementId: `st-${String(sequence)}`, kind: 'sql.simple', text, outcome },
    },
  });
}

export function recordingsSuite(fixture: () => Fixture): void {
  describe('the index of recordings', () => {
    let proxy: ControlPlaneClient;
    let recorder: RecorderClient;
    let owner: string;
    let session: OpenedSession;

    beforeAll(async () => {
      await fixture().apply(
        `${targetManifest('rec-shop')}---${policyManifest('rec-policy', 'recs', 'rec-shop', READS)}`,
      );
      proxy = await fixture().proxy();
      recorder = await fixture().recorder('rec-1');
      owner = await fixture().tokenOf('owen', ['recs']);
      session = await proxy.openSession(sessionInput(owner, 'rec-shop'));
    });

    it('counts an entry once, however often it is sent', async () => {
      const entries = [
        statement(session.id, 2n, 'SELECT * FROM customers'),
        statement(session.id, 3n, 'DROP TABLE orders', Outcome.DENY),
        statement(session.id, 4n, "DELETE FROM orders WHERE note = 'naïve\0'", Outcome.HOLD),
        create(IndexEntrySchema, {
          sessionId: session.id,
          sequence: 5n,
          entry: { case: 'finish', value: { statementId: 'st-2', status: 'SELECT 3', rows: 3n } },
        }),
      ];
      await Promise.all([
        recorder.indexEvents([encodeStretch(session.id, entries)]),
        recorder.indexEvents([encodeStretch(session.id, entries.slice(1, 3))]),
        recorder.indexEvents([encodeStretch(session.id, [...entries.slice(0, 1), ...entries.slice(3)])]),
      ]);
      await recorder.indexEvents([encodeStretch(session.id, entries)]);
      const { history } = await fixture().as(owner);
      const { session: shown, entries: listed } = await history.getSession({ sessionId: session.id });
      expect(shown).toMatchObject({
        statements: 3,
        denied: 1,
        held: 1,
        state: SessionState.OPEN,
        clientName: 'psql',
      });
      expect(listed).toEqual(entries);
    });

    it('leaves out sessions that nobody opened', async () => {
      const unknown = encodeStretch('ses_unknown', [statement('ses_unknown', 1n, 'SELECT 1')]);
      await expect(recorder.indexEvents([unknown])).resolves.toBeUndefined();
    });

    it('refuses what is no stretch, and indexes none of it', async () => {
      const stretch = encodeStretch(session.id, [statement(session.id, 9n, 'SELECT refused')]);
      const refused = { code: 'protocol_violation' };
      for (const wrong of [
        [stretch, stretch],
        [{ ...stretch, firstSequence: 10n }],
        [{ ...stretch, firstSequence: 0n }],
        [{ ...stretch, text: 'a\0b' }],
        // Goes over what is there, so it has to be read.
        [{ ...stretch, firstSequence: 2n, entries: Uint8Array.of(1, 2, 3) }],
      ])
        await expect(recorder.indexEvents(wrong)).rejects.toMatchObject(refused);
      const { history } = await fixture().as(owner);
      expect((await history.getSession({ sessionId: session.id })).session?.statements).toBe(3);
    });

    it('finds sessions by words that one statement has all of', async () => {
      const { history } = await fixture().as(owner);
      const find = async (search: string) =>
        (await history.listSessions({ search })).sessions.map(({ sessionId }) => sessionId);
      expect(await find('drop ORDERS')).toEqual([session.id]);
      expect(await find('drop customers')).toEqual([]);
      expect(await find('100%')).toEqual([]);
      expect(await find('select cust%mers')).toEqual([]);
      expect(await find('select cust_mers')).toEqual([]);
      expect(await find('\\')).toEqual([]);
      expect(await find('customers drop')).toEqual([]);
      expect(await find('naïve DELETE')).toEqual([session.id]);
      expect(await find("'; DROP TABLE session; --")).toEqual([]);
    });

    it('shows sessions to who opened them and to who may see all', async () => {
      const stranger = await fixture().as(await fixture().tokenOf('stan', ['recs']));
      expect((await stranger.history.listSessions({})).sessions).toEqual([]);
      await expect(stranger.history.getSession({ sessionId: session.id })).rejects.toThrow(/no session/);
      await expect(
        stranger.history.readRecording({ sessionId: session.id })[Symbol.asyncIterator]().next(),
      ).rejects.toThrow(/no session/);
      const { history } = await fixture().asAdmin();
      const { sessions } = await history.listSessions({ principal: 'owen', targetName: 'rec-shop' });
      expect(sessions.map(({ sessionId }) => sessionId)).toContain(session.id);
    });

    it('takes the seal of a recorder that it certified, whoever reports it, once, and no other', async () => {
      const key = generateSigningKey();
      const certificate = await recorder.certifyRecorder(key.publicKey);
      expect(
        await verifyRecorderCertificate(certificate, recorder.recordingPublicKey, nodeCrypto),
      ).toMatchObject({ recorderId: 'rec-1', publicKey: key.publicKey });
      const body = {
        sessionId: session.id,
        state: SealState.WHOLE,
        lastSequence: 6n,
        lastHash: new Uint8Array(32),
        sealedUnixUs: 1n,
      };
      const refused = { code: 'protocol_violation' };
      const seal = sealRecording(key, certificate, body);
      const stranger = generateSigningKey();
      for (const forged of [
        { ...seal, certificate: { ...certificate, signature: new Uint8Array(64) } },
        // Not by the key that was certified.
        sealRecording(stranger, certificate, body),
        // By a recorder that somebody else certified.
        sealRecording(
          key,
          certifyRecorder(stranger, { recorderId: 'rec-1', publicKey: key.publicKey }),
          body,
        ),
        { ...seal, body: sealRecording(key, certificate, { ...body, lastSequence: 7n }).body },
        { ...seal, body: Uint8Array.of(1, 2, 3) },
        sealRecording(key, certificate, { ...body, state: SealState.UNSPECIFIED }),
      ])
        await expect(recorder.recordSeal(forged, 10n)).rejects.toMatchObject(refused);
      const broken = { ...body, state: SealState.BROKEN, lastSequence: 4n };
      // One that took over from the one that sealed it, and was lost before it could say so.
      const other = await fixture().recorder('rec-2');
      await other.recordSeal(sealRecording(key, certificate, broken), 9n);
      const { session: lost } = await (
        await fixture().as(owner)
      ).history.getSession({
        sessionId: session.id,
      });
      expect(lost).toMatchObject({
        state: SessionState.LOST,
        sealState: SealState.BROKEN,
        lastSequence: 4n,
        closeReason: 'proxy_lost',
      });
      const closedAt = lost?.closedAt === undefined ? 0 : timestampMs(lost.closedAt);
      expect(Math.abs(Date.now() - closedAt)).toBeLessThan(60_000);
      // More arrived, and it was sealed anew.
      await recorder.recordSeal(seal, 10n);
      await recorder.recordSeal(sealRecording(key, certificate, { ...broken, lastSequence: 7n }), 11n);
      const { history } = await fixture().as(owner);
      const { session: shown } = await history.getSession({ sessionId: session.id });
      expect(shown).toMatchObject({
        state: SessionState.CLOSED,
        sealState: SealState.WHOLE,
        lastSequence: 6n,
        closedAt: lost?.closedAt,
      });
    });

    it('streams the recording as it is stored', async () => {
      const { history } = await fixture().as(owner);
      const read = async (sessionId: string) => {
        const chunks: Uint8Array[] = [];
        for await (const { data } of history.readRecording({ sessionId })) chunks.push(data);
        return Buffer.concat(chunks);
      };
      await expect(read(session.id)).rejects.toThrow(/has arrived/);
      const file = recordingPath(fixture().directory.join('recordings'), session.id);
      const bytes = Buffer.alloc(700_000, 'sallyport');
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, bytes);
      expect((await read(session.id)).equals(bytes)).toBe(true);
      await expect(read('../../master.key')).rejects.toThrow(/no session/);
      rmSync(file);
      mkdirSync(file);
      const failure = await read(session.id).catch((error: unknown) => String(error));
      expect(failure).toMatch(/its log says why/);
      expect(failure).not.toContain(fixture().directory.path);
    });
  });
}
