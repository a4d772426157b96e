import type { Actor, ActorReference } from '../access/actor.js';
import type { ShareableAttribute } from '../brands/brand.js';
import { isBelievableTime } from '../consents/consent.js';
import type { ConsentInput, CrossBrandLinkErrorCode } from '../generated/resolvers-types.js';
import { badInput, refuse } from '../kernel/errors.js';
import { expectNodeId, type Uuid } from '../kernel/ids.js';

/** A code or number from the staff system: nothing that a name or an address could be spelt in. */
const staffReferenceForm = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/;

/** Who the evidence comes from: the person with the token, or the one that a system names as having heard the yes. */
export function recorderOf(actor: Actor, staffReference: string | null | undefined): ActorReference {
  const isGiven = staffReference !== null && staffReference !== undefined;
  if (actor.kind !== 'MACHINE') {
    if (isGiven) refuseStaff('The token says who recorded this; leave staffReference out');
    return { kind: actor.kind, reference: actor.reference };
  }
  if (!isGiven) refuseStaff('A system must name the member of staff who recorded this');
  if (!staffReferenceForm.test(staffReference)) {
    refuseStaff('A staff reference has 1–64 letters, digits, dots, colons, hyphens and underscores');
  }
  return { kind: 'STAFF', reference: staffReference };
}

function refuseStaff(message: string): never {
  refuse<CrossBrandLinkErrorCode>('STAFF_REFERENCE_INVALID', message, ['consent', 'staffReference']);
}

/** Refuses a consent that was not given, to another wording, or at a time that cannot be. */
export function checkEvidence(input: ConsentInput, currentNoticeId: string, now: Date): void {
  if (input.isConfirmed !== true) {
    refuse<CrossBrandLinkErrorCode>('CONSENT_REQUIRED', 'The customer has to say yes first', [
      'consent',
      'isConfirmed',
    ]);
  }
  if (input.noticeId !== currentNoticeId) {
    refuse<CrossBrandLinkErrorCode>('NOTICE_OUTDATED', 'Another wording is in force; read that one to the customer', [
      'consent',
      'noticeId',
    ]);
  }
  if (!isBelievableTime(input.method, input.givenAt, now)) {
    refuse<CrossBrandLinkErrorCode>(
      'CONSENT_TIME_INVALID',
      'The time given is ahead, or too long ago for this way of saying yes',
      ['consent', 'givenAt'],
    );
  }
}

/** The attributes agreed to: all that may cross, or the fewer that were named, each once and in the same order. */
export function consentedAttributes(
  input: ConsentInput,
  shareable: readonly ShareableAttribute[],
): readonly ShareableAttribute[] {
  const named = input.attributes;
  if (named === null || named === undefined) return shareable;
  named.forEach((attribute, index) => {
    if (!shareable.includes(attribute)) {
      refuse<CrossBrandLinkErrorCode>(
        'ATTRIBUTE_NOT_SHAREABLE',
        `${attribute} cannot cross: no rule allows it, or the brand does not hold it`,
        ['consent', 'attributes', String(index)],
      );
    }
  });
  return shareable.filter((attribute) => named.includes(attribute));
}

/** The location where the consent was given. @throws AppError `BAD_USER_INPUT` when it is no location of the brand. */
export function locationOf(input: ConsentInput, brand: string): Uuid | null {
  if (input.locationId === null || input.locationId === undefined) return null;
  const field = ['input', 'consent', 'locationId'];
  const id = expectNodeId(input.locationId, 'loc', field);
  if (id.brand !== brand) throw badInput('A location of the asking brand was expected', field);
  return id.uuids[0] ?? null;
}
