import { randomUUID } from 'node:crypto';
import type { Actor } from '../access/actor.js';
import type { OperationContext } from '../access/context.js';
import { World } from '../access/world.js';
import { Deadline, systemClock } from '../kernel/clock.js';
import type { OpenGroup } from '../open-group.js';

/** One operation of whoever runs a command: who can open the databases may see and do everything in them. */
export function operatorContext(
  group: OpenGroup,
  by: Pick<Actor, 'reference' | 'tokenRef'>,
  deadlineMs: number,
): OperationContext {
  return {
    requestId: randomUUID(),
    actor: {
      kind: 'SYSTEM',
      role: 'operator',
      grants: ['*'],
      brandHandles: null,
      isGroup: true,
      purpose: null,
      expiresAt: null,
      ...by,
    },
    brands: group.brands,
    clock: systemClock,
    deadline: Deadline.after(deadlineMs),
    log: group.log,
    selection: null,
    world: new World(),
  };
}
