import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Step } from '../tour.ts';
import { hostFile, isOnHost } from './sample-files.ts';
import { runSsh } from './ssh-clients.ts';

/** scp and sftp: each operation on a file is decided by its path. */
export const filesComeAndDoNotGo: Step = {
  title: 'Files are fetched with scp and sftp, but for those with secrets; nothing is uploaded or deleted',
  async run(tour) {
    const fetched = tour.state.file('tour', 'orders.csv');
    const original = hostFile(tour, 'srv/shop/orders.csv');
    const copies = () => existsSync(fetched) && readFileSync(fetched, 'utf8') === original;
    rmSync(fetched, { force: true });
    const scp = await runSsh(tour, 'shop-agent', 'scp', ['web:srv/shop/orders.csv', fetched]);
    tour.check('scp fetches a file, byte for byte', scp.code === 0 && copies());
    rmSync(fetched);
    const sftp = (script: string) => runSsh(tour, 'shop-agent', 'sftp', ['-b', '-', 'web'], script);
    const got = await sftp(`cd srv/shop\nls\nget orders.csv ${quoted(fetched)}\n`);
    tour.check('so does sftp', got.code === 0 && got.stdout.includes('access.log') && copies());
    const secret = tour.state.file('tour', 'settings.env');
    const closed = await sftp(`get srv/shop/settings.env ${quoted(secret)}\n`);
    tour.check(
      'one with secrets is not fetched',
      closed.code !== 0 && /denied/i.test(closed.stderr) && !hasContent(secret),
    );
    const outside = await sftp(`get /etc/hostname ${quoted(secret)}\n`);
    tour.check('nor one from outside of the home folder', outside.code !== 0 && !hasContent(secret));
    const upload = tour.state.file('tour', 'upload.txt');
    writeFileSync(upload, 'not wanted\n');
    const put = await runSsh(tour, 'shop-agent', 'scp', [upload, 'web:srv/shop/upload.txt']);
    tour.check('an upload is refused, with the rule', put.code !== 0 && put.stderr.includes('uploads'));
    tour.check('and nothing of it arrives', !isOnHost(tour, 'srv/shop/upload.txt'));
    const removed = await sftp('rm srv/shop/orders.csv\n');
    tour.check(
      'nothing is deleted',
      removed.code !== 0 && hostFile(tour, 'srv/shop/orders.csv') === original,
    );
  },
};

/** sftp makes the file before it asks for the content. */
function hasContent(file: string): boolean {
  return existsSync(file) && readFileSync(file).length > 0;
}

/** A word for sftp's own reader of lines. */
const quoted = (path: string): string => `"${path.replaceAll(/["\\]/g, '\\$&')}"`;
