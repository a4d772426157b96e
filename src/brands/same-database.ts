/** Where a configuration puts one database. Members are unread: they may be missing or of any form. */
export interface DatabasePlace {
  /** Path inside the file: `brands[1].database`. */
  readonly path: string;
  readonly uri: unknown;
  readonly name: unknown;
}

/** What the driver adds to a host without a port; names behind `mongodb+srv` take theirs from DNS. */
const defaultPort = 27_017;

/**
 * Pairs of places that are one database: one server in common and the same name. Credentials, options, order and case of
 * hosts and the usual port make no difference; other names of one machine cannot be told from here.
 * @returns paths, the later first.
 */
export function sameDatabases(places: readonly DatabasePlace[]): [later: string, first: string][] {
  const seen = new Map<string, string>();
  return places.flatMap((place): [string, string][] => {
    const keys = serverNames(place.uri).map((server) => `${server}/${String(place.name).toLowerCase()}`);
    if (typeof place.name !== 'string') return [];
    const first = keys.map((key) => seen.get(key)).find((path) => path !== undefined);
    for (const key of keys) if (!seen.has(key)) seen.set(key, place.path);
    return first === undefined ? [] : [[place.path, first]];
  });
}

function serverNames(uri: unknown): string[] {
  if (typeof uri !== 'string') return ['embedded'];
  const parts = /^mongodb(\+srv)?:\/\/(?:[^@/]*@)?([^/?]*)/i.exec(uri);
  const hosts = (parts?.[2] ?? '').toLowerCase().split(',').filter(Boolean);
  return hosts.map((host) => {
    const name = host.replace(/\.(?=$|:)/, '');
    if (parts?.[1] !== undefined) return `srv ${name}`;
    return /:\d+$/.test(name) ? name : `${name}:${defaultPort}`;
  });
}
