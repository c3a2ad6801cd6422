/** Customers have ids from 1 to this. */
export const SAMPLE_CUSTOMERS = 100;
const ORDERS = 500;
const FIRST = ['Alice', 'Bob', 'Carla', 'Deniz', 'Emil', 'Fatma', 'Goran', 'Hana', 'Ivo', 'Jasmin'];
const LAST = ['Moreau', 'Novak', 'Okafor', 'Petrov', 'Quist', 'Rossi', 'Santos', 'Tanaka', 'Ueda', 'Vogel'];
const CITIES = ['Lisbon', 'Oslo', 'Prague', 'Turin', 'Vienna'];
const ITEMS = ['lamp', 'desk', 'chair', 'shelf', 'rug', 'mirror', 'clock'];

const pick = (list: readonly string[], index: number): string => list[index % list.length] ?? '';

/** The same customers and orders each time, as INSERT statements. Card numbers pass the Luhn check; none is real. */
export function sampleRows(): string {
  const customers = Array.from({ length: SAMPLE_CUSTOMERS }, (_, index) => customerRow(index + 1));
  const orders = Array.from({ length: ORDERS }, (_, index) => orderRow(index + 1));
  return `insert into customers values ${customers.join(', ')}; insert into orders values ${orders.join(', ')};`;
}

/** One of the sample's customers. */
export interface Customer {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly card: string;
  readonly ssn: string;
  readonly city: string;
}

/** The customer with an id from 1 to 100. */
export function sampleCustomer(id: number): Customer {
  const first = pick(FIRST, id);
  const last = pick(LAST, Math.floor(id / FIRST.length));
  return {
    id,
    name: `${first} ${last}`,
    email: `${first}.${last}.${id}@shop.example`.toLowerCase(),
    card: cardNumber(id),
    ssn: `${100 + id}-${10 + (id % 80)}-${1000 + id * 7}`,
    city: pick(CITIES, id),
  };
}

function customerRow(id: number): string {
  const { name, email, card, ssn, city } = sampleCustomer(id);
  return `(${id}, '${name}', '${email}', '${card}', '${ssn}', '${city}')`;
}

function orderRow(id: number): string {
  const total = (19 + ((id * 37) % 900) + 0.5).toFixed(2);
  const day = `2026-${String(1 + (id % 9)).padStart(2, '0')}-${String(1 + (id % 28)).padStart(2, '0')}`;
  return `(${id}, ${1 + (id % SAMPLE_CUSTOMERS)}, '${pick(ITEMS, id)}', ${total}, 'open', '${day}')`;
}

/** Sixteen digits in groups of four; the last makes the Luhn sum a multiple of ten. */
export function cardNumber(id: number): string {
  const digits = `400000${String(id).padStart(9, '0')}`;
  const sum = Array.from(digits).reduce((total, digit, index) => {
    const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`.replace(/(.{4})(?=.)/g, '$1 ');
}
