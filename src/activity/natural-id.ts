import { type Uuid, uuidV5 } from '../kernel/ids.js';

/** Gives the id of what a system sent to a brand under a number of its own: the same number always has the same id. */
export type NaturalId = (brandHandle: string, system: string, externalId: string) => Uuid;

/**
 * Ids of one kind of row, apart from those of every other kind. Parts are preceded by their length in bytes, so that none
 * runs into the next.
 */
export function naturalIds(namespace: Uuid): NaturalId {
  const brandNamespaces = new Map<string, Uuid>();
  return (brandHandle, system, externalId) => {
    let own = brandNamespaces.get(brandHandle);
    if (own === undefined) {
      own = uuidV5(namespace, brandHandle);
      brandNamespaces.set(brandHandle, own);
    }
    return uuidV5(own, [system, externalId].map((part) => `${Buffer.byteLength(part)}:${part}`).join(''));
  };
}
