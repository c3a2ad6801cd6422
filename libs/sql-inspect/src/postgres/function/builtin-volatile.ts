/**
 * Volatile functions of pg_catalog that change nothing and read no table: they
 * are volatile because their answer differs from call to call. Every other
 * volatile built-in is `sql.call`. Checked against PostgreSQL 18's pg_proc by a
 * spec: a name that no server has is an error there.
 */
const HARMLESS_NAMES = `
  array_sample array_shuffle clock_timestamp current_query currval gen_random_uuid lastval
  pg_available_wal_summaries pg_blocking_pids pg_collation_actual_version pg_control_checkpoint
  pg_control_init pg_control_recovery pg_control_system pg_current_logfile pg_current_wal_flush_lsn
  pg_current_wal_insert_lsn pg_current_wal_lsn pg_database_collation_actual_version pg_database_size
  pg_get_aios pg_get_backend_memory_contexts pg_get_loaded_modules pg_get_multixact_members
  pg_get_sequence_data pg_get_shmem_allocations pg_get_shmem_allocations_numa pg_get_wait_events
  pg_get_wal_replay_pause_state pg_get_wal_resource_managers pg_get_wal_summarizer_state
  pg_indexes_size pg_is_in_recovery pg_is_wal_replay_paused pg_jit_available pg_last_committed_xact
  pg_last_wal_receive_lsn pg_last_wal_replay_lsn pg_last_xact_replay_timestamp pg_lock_status
  pg_notification_queue_usage pg_partition_ancestors pg_partition_tree pg_prepared_xact
  pg_relation_size pg_safe_snapshot_blocking_pids pg_sequence_last_value
  pg_show_replication_origin_status pg_stat_clear_snapshot pg_stat_have_stats pg_table_size
  pg_tablespace_size pg_total_relation_size pg_wal_summary_contents pg_xact_commit_timestamp
  pg_xact_commit_timestamp_origin pg_xact_status random random_normal setseed timeofday txid_status
  uuidv4 uuidv7 pg_current_xact_id txid_current
`;

const HARMLESS: ReadonlySet<string> = new Set(HARMLESS_NAMES.trim().split(/\s+/));

/** Counters of the statistics collector, for which the server has a hundred functions. */
const STATISTICS = /^pg_stat_get_/;

/** Whether a volatile built-in is known to change nothing and to read no table. */
export function isHarmlessVolatile(name: string): boolean {
  return HARMLESS.has(name) || STATISTICS.test(name);
}

/** The list itself, for the spec. */
export const HARMLESS_VOLATILE_NAMES: readonly string[] = [...HARMLESS];
