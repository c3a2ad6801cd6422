/** The JSON that a refusal writes on standard error, for agents. */
export function refusalsIn(stderr: string): readonly Readonly<Record<string, unknown>>[] {
  return [...stderr.matchAll(/^sallyport: (\{.*\})\s*$/gm)].map(([, json = '']) => parse(json));
}

/** Whether it is one refusal by this rule, of the same effect, with what to do next. */
export function isRefusedBy(stderr: string, rule: string, object: string): boolean {
  const refusals = refusalsIn(stderr);
  return (
    refusals.length === 1 &&
    refusals.every(
      (detail) =>
        detail['code'] === 'denied_by_rule' &&
        detail['rule'] === rule &&
        detail['object'] === object &&
        typeof detail['next'] === 'string' &&
        typeof detail['requestId'] === 'string',
    )
  );
}

function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(json) as Readonly<Record<string, unknown>>;
  } catch {
    return {}; // The check then says what is missing.
  }
}
