import { isDuplicateKey } from './brand-error.js';

/** Runs the insert of one document. Returns false when there was one with its `_id` already, which then stands. */
export async function isInserted(insert: () => Promise<unknown>): Promise<boolean> {
  try {
    await insert();
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}
