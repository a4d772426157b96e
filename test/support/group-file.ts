import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What may differ from the group of the journeys. */
export interface GroupFileOptions {
  /** Brands whose database is elsewhere, with its URI. */
  readonly uris?: Readonly<Record<string, string>>;
  /** Values for `server`. */
  readonly server?: Readonly<Record<string, unknown>>;
}

function brand(handle: string, name: string, uri: string | undefined, onUnknownIdentity: string): object {
  return {
    handle,
    name,
    database: { name: `kindred_${handle}`, ...(uri === undefined ? {} : { uri }) },
    currencyCode: 'AUD',
    timeZone: 'Australia/Melbourne',
    phoneRegion: 'AU',
    identityHandles: [
      { handle: 'shopify', reservedFor: 'shopify', isMultiple: true },
      { handle: 'loyalty-card', isMultiple: true },
      { handle: 'group-member', reservedFor: 'kindred', isMultiple: true },
    ],
    systems: [{ handle: 'pos', name: 'Tills' }],
    onUnknownIdentity,
    portalUrl: `https://members.${handle}.example/welcome`,
  };
}

/**
 * Writes the configuration of the small group of three brands into a folder, where its data will live as well. wren may
 * share names, e-mail and birth date with hearth, and nothing with alder.
 * @returns Path of the file.
 */
export async function writeGroupFile(folder: string, options: GroupFileOptions = {}): Promise<string> {
  const uri = (handle: string): string | undefined => options.uris?.[handle];
  const config = {
    brands: [
      brand('alder', 'Alder', uri('alder'), 'GUEST'),
      brand('wren', 'Wren', uri('wren'), 'CREATE_PROFILE'),
      brand('hearth', 'Hearth', uri('hearth'), 'REFUSE'),
    ],
    registry: { database: { name: 'kindred_registry' } },
    purposes: [{ code: 'group-service', text: 'To serve you in every brand of the group' }],
    sharing: [
      {
        from: 'wren',
        to: 'hearth',
        attributes: ['FIRST_NAME', 'LAST_NAME', 'EMAIL', 'BIRTH_DATE'],
        purposes: ['group-service'],
        notice: {
          version: '2026-07',
          language: 'en-AU',
          text: 'Hearth would receive your name and e-mail to open an account for you.',
        },
        welcomeReward: '$10 on your first order',
      },
    ],
    server: options.server ?? {},
    embedded: { folder: 'data' },
  };
  const file = join(folder, 'brands.config.json');
  await writeFile(file, JSON.stringify(config, null, 2));
  return file;
}
