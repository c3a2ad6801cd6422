import type { DemoPart } from '../tour.ts';
import { deletesNothing } from './deletes-nothing.ts';
import { looksAround } from './looks-around.ts';
import { noWayThrough } from './no-way-through.ts';
import { filesComeAndDoNotGo } from './files-come.ts';
import { replay } from './replay.ts';
import { restartIsHeld } from './restart-is-held.ts';
import { prepareSsh } from './sample-files.ts';
import { secretsAreMasked } from './secrets-are-masked.ts';

/** ssh, scp and sftp, through the SSH door. */
export const sshPart: DemoPart = {
  door: 'ssh',
  title: 'SSH: an agent with ssh, scp and sftp',
  prepare: prepareSsh,
  steps: [
    looksAround,
    deletesNothing,
    restartIsHeld,
    secretsAreMasked,
    filesComeAndDoNotGo,
    noWayThrough,
    replay,
  ],
};
