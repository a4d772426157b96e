/** Share of a search that every `npm test` makes. */
const shortShare = 8;

/**
 * How large a random search is: whole in `npm run test:searches`, which every change has to pass as well, and an eighth of it
 * in `npm test`, which people wait for.
 */
export function searchSize(whole: number): number {
  return process.env['KINDRED_SEARCH'] === 'whole' ? whole : Math.ceil(whole / shortShare);
}

/** The places of a list that is searched place by place: every one, or in `npm test` every eighth, from another one by seed. */
export function searchedPlaces(count: number, seed: number): number[] {
  const step = searchSize(shortShare) === shortShare ? 1 : shortShare;
  const first = seed % Math.min(step, count);
  return Array.from({ length: count }, (_, place) => place).filter((place) => place % step === first);
}
