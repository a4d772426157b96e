import type { Edit, Mutant } from './mutants.js';

const edit = (file: string, find: string, replace: string): Edit => ({ file: `src/links/${file}`, find, replace });

const enrolment = 'enrolment.service.ts';
const expiry = 'expiry.service.ts';
const cleanUp = 'link-clean-up.service.ts';
const pending = 'pending-profile.service.ts';
const shared = 'shared-identity.service.ts';
const slots = 'slot.service.ts';
const transition = 'link-transition.service.ts';

const fencedOwner = 'if (owner?.linkSlots?.[otherBrand(link, brand)] !== link._id) return;';
const fencedWrite = 'where: { [slot]: link._id } }, session);';
const purgeState = "if (row.state !== 'PENDING' || row.link !== link._id) {";
const waitingFilter = "{ _id: row._id, state: 'PENDING', link: row.link, version: row.version }";

/** Bugs planted in linking: each is what a simpler protocol would do. */
export const linkMutants: readonly Mutant[] = [
  {
    name: 'an enrolment does not look at its link again (SC27)',
    edits: [edit(enrolment, "  await cleanUpPending(deps, link, run.deadline);\n  return 'end';", "  return 'end';")],
  },
  {
    name: 'an expiry purges before it decides (SC28)',
    edits: [
      edit(
        expiry,
        '  const isEnded = await endPending(',
        '  await cleanUpPending(deps, link, run.deadline);\n  const isEnded = await endPending(',
      ),
    ],
  },
  {
    name: 'no tombstone takes the place of a profile that was never made (SC29)',
    edits: [
      edit(
        pending,
        'await runTransaction(database, deadline, (session) => addProfiles(database, [tombstone], session));',
        'if (tombstone.version < 1) await runTransaction(database, deadline, (session) => addProfiles(database, [tombstone], session));',
      ),
    ],
  },
  {
    name: 'an identity is shared without a look at the slot (SC30)',
    edits: [
      edit(shared, fencedOwner, 'if (owner === null) return;'),
      edit(shared, fencedWrite, '}, session); void slot;'),
    ],
  },
  {
    name: 'the end of an activated link purges what waits (SC31)',
    edits: [
      edit(
        cleanUp,
        'if (link.activatedAt !== undefined) await finishActivation(deps, link._id, run.deadline);',
        'void finishActivation;',
      ),
      edit(cleanUp, 'if (link.activatedAt === undefined) await', 'if (link.prior !== undefined) await'),
    ],
  },
  {
    name: 'a purge goes by the id alone (SC32)',
    edits: [
      edit(pending, purgeState, "if (row.state === 'VOID') {"),
      {
        file: 'src/profiles/pending-profile.service.ts',
        find: waitingFilter,
        replace: '{ _id: row._id }',
      },
    ],
  },
  {
    name: 'two links may have one slot (SC33b)',
    edits: [
      edit(
        slots,
        "if (!isStaleSlot(holder, brand, profile)) return { kind: 'HELD' };",
        'void holder; void isStaleSlot;',
      ),
    ],
  },
  {
    name: 'a reader does not look at the link once more (SC34)',
    edits: [
      edit(
        'link.loader.ts',
        "if (!holds) this.#world.breach('a consent changed while rows were read by it');",
        'void holds;',
      ),
    ],
  },
  {
    name: 'an activation that came second clears the slot of the first (SC44)',
    edits: [
      edit(
        'activation-join.service.ts',
        'if (profile === null || !isStaleSlot(present, link.b.brand, profile)) return;',
        'if (profile === null || (present === null && isStaleSlot(present, link.b.brand, profile))) return;',
      ),
    ],
  },
  {
    name: 'a merge cannot tell that a slot was taken (SC45)',
    edits: [
      edit(slots, '[path]: link._id }, $inc: { version: 1 } } as', '[path]: link._id } } as'),
      edit(slots, "state: 'ACTIVE', version: profile.version, [path]", "state: 'ACTIVE', [path]"),
    ],
  },
  {
    name: 'slots of activations that died are left with the address',
    edits: [
      edit('address-release.service.ts', 'delivery.slotProfileIds ?? []', 'delivery.slotProfileIds?.slice(9) ?? []'),
    ],
  },
  {
    name: 'the address goes before the activation is confirmed',
    edits: [
      edit(
        'link-journals.service.ts',
        "step('confirm', confirmStep),",
        '...(confirmStep.length > 9 ? [step("", confirmStep)] : []),',
      ),
    ],
  },
  {
    name: 'a link is moved whatever has become of it (SC26)',
    edits: [
      edit(transition, '      state: link.state,\n      step: link.step,\n      epoch: link.epoch,\n', ''),
      edit(transition, "      'b.profileId': link.b.profileId,\n      ...transition.where,\n", ''),
    ],
  },
  {
    name: 'the end of a link raises no epoch',
    edits: [edit('link-withdraw.service.ts', 'set: { epoch, prior: link.state },', 'set: { prior: link.state },')],
  },
  {
    name: 'a slot is cleared where a merge has left it behind',
    edits: [
      edit(
        slots,
        'await clearSlot(database, owner._id, other, link._id, deadline);',
        'await clearSlot(database, accountId, other, link._id, deadline);',
      ),
    ],
  },
  {
    name: 'a sign-up takes a waiting profile without a word to its link',
    edits: [
      edit(
        'pending-release.service.ts',
        "if (link.activatedAt !== undefined) return false;\n    if (link.state !== 'PENDING_ACTIVATION') return true;",
        'if (link.state !== undefined) return true;',
      ),
    ],
  },
  {
    name: 'a link that ended keeps its shared identity in the asking brand',
    edits: [edit(expiry, '  await removeSharedIdentity(deps, link, link.a.brand, deadline);\n', '')],
  },
  {
    name: 'whatever the brand holds is copied, agreed to or not',
    edits: [
      edit(
        'shareable.ts',
        '.filter((attribute) => consented.includes(attribute))',
        '.filter((attribute) => consented !== undefined && attribute !== undefined)',
      ),
    ],
  },
  {
    name: 'an erasure forgets to look who wrote the value last',
    edits: [
      edit(
        'link-copy.ts',
        'isKnown(owner[name]) && digest === copyDigest(key, row.linkId, name, owner[name])',
        'isKnown(owner[name])',
      ),
    ],
  },
];
