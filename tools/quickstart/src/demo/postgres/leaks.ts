import { sampleCustomer, SAMPLE_CUSTOMERS } from '../../stack/sample-rows.ts';

/** Every value that must not be seen, in the forms it could be seen in. */
const PERSONAL_DATA: readonly string[] = Array.from({ length: SAMPLE_CUSTOMERS }, (_, index) => {
  const { email, card, ssn } = sampleCustomer(index + 1);
  return [email, card, card.replaceAll(' ', ''), ssn];
}).flat();

/** The personal data that a text shows, whatever its case. */
export function leaksIn(text: string): readonly string[] {
  const lower = text.toLowerCase();
  return PERSONAL_DATA.filter((value) => lower.includes(value));
}
