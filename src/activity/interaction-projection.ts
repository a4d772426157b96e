import { rowProjection } from './row-projection.js';

/** Stored fields that the operation needs of every interaction, `meta` only when it is selected. Null: all of them. */
export const interactionProjection = rowProjection('Interaction', ['accountId', 'interactedAt'], {
  id: [],
  brand: [],
  profile: [],
  location: ['locationId'],
});
