import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@sallyport/testing';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { DoorFixture } from './support/door-fixture.ts';
import { ALLOW_ALL } from './support/policies.ts';

const PERSONAL = '    - name: personal\n      mask: { detect: [email, card], with: redact }\n';
const EMAIL = 'ann@example.com';
const CARD = '4111 1111 1111 1111';

let door: DoorFixture;
beforeAll(async () => {
  door = await DoorFixture.start({ policies: ALLOW_ALL + PERSONAL });
});
beforeEach(() => {
  door.spool.clear();
  door.spool.keep = true;
  door.controlPlane.apply(ALLOW_ALL + PERSONAL);
});
afterAll(() => door.stop());

async function finished() {
  return eventually('the statement is finished', () =>
    door.events.flatMap(({ body }) => (body.case === 'statementFinished' ? [body.value] : [])).at(0),
  );
}

function recordedOutput(): string {
  const data = door.events.flatMap(({ body }) => (body.case === 'output' ? [body.value.data] : []));
  return Buffer.concat(data).toString();
}

/** Programs print what is not in the command, so that the record could have it from the output only. */
function printed(name: string, bytes: string | Buffer): string {
  const file = door.directory.join(name);
  writeFileSync(file, bytes);
  return file;
}

describe('what a command prints', () => {
  it('is masked for the caller and in the recording, on both streams, and counted', async () => {
    const file = printed('people', `Ann <${EMAIL}>, card ${CARD}.\n`);
    const result = await door.ssh(`cat ${file}; cat ${file} >&2; exit 3`);
    const masked = 'Ann <[redacted]>, card [redacted].\n';
    expect(result).toMatchObject({ code: 3, out: Buffer.from(masked), err: masked });
    expect(await finished()).toMatchObject({
      status: 'exit 3',
      bytes: BigInt(masked.length * 2),
      masks: [{ what: 'email,card', strategy: 'redact', values: 4n }],
    });
    expect(recordedOutput()).toBe(masked + masked);
    expect(door.spool.text()).not.toContain(EMAIL);
    expect(door.spool.text()).not.toContain('4111 1111');
  });

  it('is masked where a program sleeps in the middle of it', async () => {
    const [first, second] = [printed('first', 'pay 4111 1111 '), printed('second', '1111 1111 now\n')];
    const result = await door.ssh(`cat ${first}; sleep 0.4; cat ${second}`);
    expect(result.out.toString()).toBe('pay [redacted] now\n');
    expect(recordedOutput()).toBe('pay [redacted] now\n');
  });

  it('is hidden in part where a program sleeps for longer', async () => {
    const [first, second] = [printed('first', 'pay 4111 1111 '), printed('second', '1111 1111 now\n')];
    const result = await door.ssh(`cat ${first}; sleep 2.4; cat ${second}`);
    expect(result.out.toString()).toBe('pay **** **** **** **** now\n');
  }, 10_000);

  it('is masked as rules ask, the stricter one first', async () => {
    const partial = '    - name: show-some\n      mask: { detect: [email, phone], with: partial }\n';
    door.controlPlane.apply(ALLOW_ALL + partial + PERSONAL);
    const result = await door.ssh(`cat ${printed('people', `${EMAIL} 202-555-0143\n`)}`);
    expect(result.out.toString()).toBe('[redacted] ***-***-0143\n');
    expect((await finished()).masks.map(({ values }) => values)).toEqual([1n, 1n]);
  });

  it('passes unchanged where nothing is found: 10 MB of bytes that are no text', async () => {
    door.spool.keep = false;
    door.controlPlane.apply(`${ALLOW_ALL}    - name: cards\n      mask: { detect: [card], with: redact }\n`);
    const bytes = randomBytes(10 * 1024 * 1024);
    const result = await door.ssh(`cat ${printed('bulk', bytes)}`);
    expect(result.out.equals(bytes)).toBe(true);
  }, 60_000);

  it('does not wait for what cannot come: a program that asks is answered', async () => {
    const child = door.start(['printf "name? "; read name; printf "word"; read word; echo "$name $word"']);
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await eventually('the question is there', () => out === 'name? ');
    child.stdin?.write('ann\n');
    await eventually('a word without an end is there too', () => out === 'name? word');
    child.stdin?.end('bob\n');
    await eventually('it went on', () => out === 'name? wordann bob\n');
  });

  it('is not touched by masks of columns, which output has not', async () => {
    door.controlPlane.apply(
      `${ALLOW_ALL}    - name: columns\n      mask: { columns: ["*.customers.email"], with: redact }\n`,
    );
    const result = await door.ssh(`cat ${printed('people', `${EMAIL}\n`)}`);
    expect(result.out.toString()).toBe(`${EMAIL}\n`);
    expect((await finished()).masks).toEqual([]);
  });
});

describe('what a terminal shows', () => {
  it('is masked, with colours in the middle of it, and keeps them', async () => {
    const file = printed(
      'people',
      'card 4111 \u001b[1m1111 1111\u001b[0m 1111 of ann@exa\u001b[31mmple.com\u001b[0m\n',
    );
    const result = await door.ssh(`cat ${file}`, { args: ['-tt'] });
    expect(result.out.toString()).toBe(
      'card [redacted]\u001b[1m\u001b[0m of [redacted]\u001b[31m\u001b[0m\r\n',
    );
    expect(recordedOutput()).toBe(result.out.toString());
  });

  it('is masked in a shell, and the shell can be used', async () => {
    const file = printed('people', `${EMAIL}\n`);
    const child = door.start([], { args: ['-tt'] });
    let out = '';
    child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stdin?.write(`cat ${file}; echo done-$((6*7)); exit\n`);
    await eventually('the shell did it', () => out.includes('done-42'));
    await eventually('it ends', () => child.exitCode !== null);
    expect(out).toContain('[redacted]');
    expect(out).not.toContain(EMAIL);
    expect(door.spool.text()).not.toContain(EMAIL);
  });
});
