import { diskFiles, type SpoolFiles } from '../spool/spool-files.ts';

/** The real disk, with faults that a spec switches on. */
export interface FaultyFiles extends SpoolFiles {
  /** Bytes that writev still takes before it fails as a full disk does; Infinity: never. */
  room: number;
  truncateFails: boolean;
  syncError: Error | null;
  /** Holds fdatasyncs back until called. */
  holdSyncs: boolean;
  readonly heldSyncs: (() => void)[];
  syncs: number;
  writes: number;
}

/** A disk that does what it should until it is told otherwise. */
export function faultyFiles(): FaultyFiles {
  const faulty: FaultyFiles = {
    ...diskFiles,
    room: Infinity,
    truncateFails: false,
    syncError: null,
    holdSyncs: false,
    heldSyncs: [],
    syncs: 0,
    writes: 0,
    writev: (fd, parts, position) => {
      faulty.writes += 1;
      const all = Buffer.concat(parts);
      if (faulty.room <= 0) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      const fits = all.subarray(0, Math.min(all.length, faulty.room));
      faulty.room -= fits.length;
      return diskFiles.writev(fd, [fits], position);
    },
    truncate: (fd, length) => {
      if (faulty.truncateFails) throw Object.assign(new Error('i/o error'), { code: 'EIO' });
      diskFiles.truncate(fd, length);
    },
    datasync: (fd, done) => {
      faulty.syncs += 1;
      const sync = (): void => {
        if (faulty.syncError === null) diskFiles.datasync(fd, done);
        else setImmediate(done, faulty.syncError);
      };
      if (faulty.holdSyncs) faulty.heldSyncs.push(sync);
      else sync();
    },
  };
  return faulty;
}
