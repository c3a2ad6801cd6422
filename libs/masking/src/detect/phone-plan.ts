import { getCountries, getCountryCallingCode, Metadata } from 'libphonenumber-js/min';

/** How many digits national numbers have, by country calling code (ITU-T E.164). */
type NumberingPlans = ReadonlyMap<string, ReadonlySet<number>>;

let known: NumberingPlans | undefined;

function numberingPlans(): NumberingPlans {
  known ??= readPlans();
  return known;
}

function readPlans(): NumberingPlans {
  const metadata = new Metadata();
  const plans = new Map<string, Set<number>>();
  for (const country of getCountries()) {
    const callingCode: string = getCountryCallingCode(country);
    metadata.selectNumberingPlan(country);
    const lengths = plans.get(callingCode) ?? new Set<number>();
    for (const length of metadata.numberingPlan?.possibleLengths() ?? []) lengths.add(length);
    plans.set(callingCode, lengths);
  }
  return plans;
}

/**
 * Whether some country has numbers of this many digits: the library's
 * "possible" check, from its tables, without its parser, which takes 10 us and
 * more for each candidate. `digits` start with the country calling code.
 */
export function isPossibleNumber(digits: string): boolean {
  const plans = numberingPlans();
  return [1, 2, 3].some((size) => plans.get(digits.slice(0, size))?.has(digits.length - size) === true);
}
