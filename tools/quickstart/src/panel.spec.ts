import { describe, expect, it } from '@jest/globals';
import { temporaryDirectory } from '@sallyport/testing';
import { panel } from './panel.ts';
import { USUAL_PORTS } from './stack/ports.ts';
import { openStateFolder } from './state/state-folder.ts';
import { summarise } from './summary.ts';

const LAYOUT = { ports: USUAL_PORTS, doors: ['postgres', 'ssh'] } as const;

describe('the summary', () => {
  it('has what scripts need, in the documented shape', () => {
    using directory = temporaryDirectory();
    const summary = summarise(openStateFolder(directory.path), LAYOUT);
    expect(summary.endpoints).toMatchObject({
      postgres: '127.0.0.1:15432',
      ssh: '127.0.0.1:10022',
      controlPlane: 'http://127.0.0.1:8400',
    });
    expect(summary.people).toMatchObject({
      ada: { groups: ['platform'], tokenFile: directory.join('tokens', 'ada') },
      dan: { groups: ['dba'] },
      eve: { groups: ['analysts'] },
      'shop-agent': { groups: ['agents'] },
    });
    expect(summary.targets).toEqual([
      { name: 'shop', protocol: 'postgres' },
      { name: 'ledger', protocol: 'postgres' },
      { name: 'web', protocol: 'ssh' },
    ]);
    expect(summary.stateDir).toBe(directory.path);
  });

  it('becomes a panel with lines to paste that carry no token', () => {
    using directory = temporaryDirectory();
    const text = panel(summarise(openStateFolder(directory.path), LAYOUT), true);
    expect(text).toContain(
      `PGPASSWORD=$(cat ${directory.join('tokens', 'shop-agent')}) psql -h 127.0.0.1 -p 15432`,
    );
    expect(text).toContain('./quickstart --stop ends it');
  });
});
