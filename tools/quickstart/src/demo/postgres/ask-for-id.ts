/** Ends a psql script, so that it tells its session's id: by the refusal. */
export const ASK_FOR_ID = 'SELECT * FROM payroll.salaries';
