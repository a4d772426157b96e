import type { OperationContext } from '../../src/access/context.js';
import type { TestGroup } from '../support/group.js';

/**
 * An operation during which something else happens once, between what it decides and the beginning of its transaction:
 * the moment that no look-up notices.
 */
export function interrupted(group: TestGroup, brand: string, happens: () => Promise<unknown>): OperationContext {
  const entry = group.entry(brand);
  let hasHappened = false;
  const database = new Proxy(entry.database, {
    get: (target, name) => {
      if (name === 'startSession') {
        return async () => {
          if (!hasHappened) await happens();
          hasHappened = true;
          return target.startSession();
        };
      }
      const member = Reflect.get(target, name, target) as unknown;
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const context = group.context();
  const brands = { ...context.brands, find: () => ({ ...entry, database }) } as unknown as OperationContext['brands'];
  return { ...context, brands };
}
