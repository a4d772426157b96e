import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose from 'mongoose';

/**
 * Values that occur nowhere by chance, so that any trace of them is a leak. Phones and card numbers are such that no
 * part of them is in an id, a time or a hash by accident.
 */
export const canaries = {
  firstName: 'Zephyrine',
  lastName: 'Quackenbush',
  otherFirstName: 'Zeffie',
  email: 'zephyrine.q@canary-mail.example',
  otherEmail: 'stranger@canary-void.example',
  badEmail: 'canary-not-an-email@@',
  mobile: '+61491570156',
  nationalMobile: '0491 570 156',
  otherMobile: '+61491570157',
  card: 'CANARY-CARD-77131',
  otherCard: 'CANARY-CARD-77132',
  street: '17 Canarybird Esplanade',
  birthDate: '1961-07-23',
  receiptRef: 'CANARY-RECEIPT-4401',
  bearer: 'kin_canaryCanaryCanaryCanaryCanaryCanaryCanaryC',
} as const;

/** Every canary whose text is found somewhere, by name. Folded and unaccented forms count as well. */
export function canariesIn(text: string, extra: Readonly<Record<string, string>> = {}): string[] {
  const folded = text.toLowerCase();
  return Object.entries<string>({ ...canaries, ...extra })
    .filter(([, value]) => folded.includes(value.toLowerCase()))
    .map(([name]) => name);
}

/** Reads whole databases of the embedded engine of a running server, as its operator could. */
export async function readCollections(folder: string, database: string): Promise<Record<string, string>> {
  const address = await readFile(join(folder, 'data.address'), 'utf8');
  const connection = await mongoose.createConnection(address.replace('__database__', database)).asPromise();
  try {
    const collections = (await connection.db?.listCollections().toArray()) ?? [];
    const texts = await Promise.all(
      collections.map(async ({ name }) => {
        const rows = await connection.db?.collection(name).find({}).toArray();
        return [name, JSON.stringify(rows)] as const;
      }),
    );
    return Object.fromEntries(texts);
  } finally {
    await connection.close();
  }
}
