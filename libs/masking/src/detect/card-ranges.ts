/** One range of issuer identification numbers (ISO/IEC 7812): prefixes of equal length and the card lengths they come in. */
interface IssuerRange {
  readonly from: string;
  readonly to: string;
  readonly lengths: readonly number[];
}

function range(from: string, to: string, ...lengths: readonly number[]): IssuerRange {
  return { from, to, lengths };
}

const SIXTEEN_TO_NINETEEN = [16, 17, 18, 19] as const;
const THIRTEEN_TO_NINETEEN = [13, 14, 15, ...SIXTEEN_TO_NINETEEN] as const;

const ISSUED: readonly IssuerRange[] = [
  range('4', '4', 13, 16, 19), // Visa
  range('51', '55', 16), // Mastercard
  range('2221', '2720', 16), // Mastercard
  range('34', '34', 15), // American Express
  range('37', '37', 15), // American Express
  range('300', '305', 14, ...SIXTEEN_TO_NINETEEN), // Diners Club
  range('36', '36', 14, ...SIXTEEN_TO_NINETEEN), // Diners Club
  range('38', '39', 14, ...SIXTEEN_TO_NINETEEN), // Diners Club
  range('6011', '6011', ...SIXTEEN_TO_NINETEEN), // Discover
  range('644', '649', ...SIXTEEN_TO_NINETEEN), // Discover
  range('65', '65', ...SIXTEEN_TO_NINETEEN), // Discover, RuPay
  range('3528', '3589', ...SIXTEEN_TO_NINETEEN), // JCB
  range('62', '62', ...SIXTEEN_TO_NINETEEN), // UnionPay
  range('81', '82', ...SIXTEEN_TO_NINETEEN), // UnionPay, RuPay
  range('60', '60', 16), // RuPay
  range('508', '508', 16), // RuPay
  range('2200', '2204', ...SIXTEEN_TO_NINETEEN), // Mir
  range('9792', '9792', 16), // Troy
  range('50', '50', ...THIRTEEN_TO_NINETEEN), // Maestro
  range('56', '58', ...THIRTEEN_TO_NINETEEN), // Maestro
  range('6304', '6304', ...THIRTEEN_TO_NINETEEN), // Maestro
  range('6759', '6763', ...THIRTEEN_TO_NINETEEN), // Maestro
];

/** Whether some network issues cards that start like these digits and are as long. */
export function isIssued(digits: string): boolean {
  return ISSUED.some(({ from, to, lengths }) => {
    const prefix = digits.slice(0, from.length);
    return prefix >= from && prefix <= to && lengths.includes(digits.length);
  });
}
