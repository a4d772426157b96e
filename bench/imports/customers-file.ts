import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { seededRandom } from '../../src/kernel/random.js';

const columns = [
  'Customer ID',
  'First Name',
  'Last Name',
  'Email',
  'Accepts Email Marketing',
  'Default Address Company',
  'Default Address Address1',
  'Default Address Address2',
  'Default Address City',
  'Default Address Province Code',
  'Default Address Country Code',
  'Default Address Zip',
  'Default Address Phone',
  'Phone',
  'Accepts SMS Marketing',
  'Total Spent',
  'Total Orders',
  'Note',
  'Tax Exempt',
  'Tags',
];

const firstNames = ['Siobhán', 'Mateo', 'Aroha', 'Wei', 'Olivia', 'Jarrah', 'Priya', 'Lachlan', 'Zoë', 'Tāne'];
const lastNames = ['Te Rangi', 'Lefèvre', 'Nguyen', 'Smith', "O'Brien", 'Kaur', 'Müller', 'Papadopoulos', 'Ward', 'Li'];
const cities = ['Melbourne,VIC,3000', 'Perth,WA,6000', 'Sydney,NSW,2000', 'Brisbane,QLD,4000', 'Hobart,TAS,7000'];
const rowsPerWrite = 2_000;

/** One customer of the export; about every hundredth repeats the e-mail of an earlier one under another id. */
function rowOf(n: number, random: ReturnType<typeof seededRandom>): string {
  const [city, state, zip] = random.pick(cities).split(',');
  const owner = n > 100 && random.below(100) === 0 ? random.below(n) : n;
  const hasEmail = random.below(50) > 0;
  const hasPhone = random.below(10) < 7;
  const hasAddress = random.below(10) < 8;
  const cells = [
    String(6_400_000_000_000 + n),
    random.pick(firstNames),
    random.pick(lastNames),
    hasEmail ? `customer.${owner}@example.com` : '',
    random.pick(['yes', 'no']),
    '',
    hasAddress ? `${1 + random.below(400)} King St` : '',
    '',
    hasAddress ? city : '',
    hasAddress ? state : '',
    hasAddress ? 'AU' : '',
    hasAddress ? zip : '',
    '',
    hasPhone ? `'+614${String(n).padStart(8, '0')}` : '',
    random.pick(['yes', 'no']),
    `${random.below(4_000)}.${10 + random.below(90)}`,
    String(random.below(30)),
    random.below(20) === 0 ? '"Prefers ""slim"" fit;\r\ncalls back in the afternoon"' : '',
    'no',
    random.below(3) === 0 ? '"wholesale, vip"' : '',
  ];
  return cells.join(',');
}

/** Writes a Shopify customer export of so many made-up rows, the same for the same number; never holds more than a part. */
export async function writeCustomersFile(file: string, rows: number): Promise<void> {
  const random = seededRandom(rows);
  const out = createWriteStream(file);
  out.write(`\uFEFF${columns.join(',')}\r\n`);
  for (let from = 0; from < rows; from += rowsPerWrite) {
    const count = Math.min(rowsPerWrite, rows - from);
    const lines = Array.from({ length: count }, (_, at) => `${rowOf(from + at, random)}\r\n`);
    if (!out.write(lines.join(''))) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}
