export { DirectoryInUseError, DirectoryLock } from './spool/directory-lock.ts';
export { NotDurableError, SpoolRefusedError } from './spool/spool-errors.ts';
export {
  Spool,
  type AppendDone,
  type OrphanedSession,
  type SpoolDurability,
  type SpoolOptions,
  type SpoolStats,
} from './spool/spool.ts';
export { diskFiles, type SpoolFiles } from './spool/spool-files.ts';
