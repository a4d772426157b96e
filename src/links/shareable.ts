import type { ShareableAttribute, SharingRule } from '../brands/brand.js';
import { isRealName, type ProfileRow, type ProfileType, type ProfileValues } from '../profiles/profile.js';

/** Where each attribute stands in a profile. Whatever has no entry here cannot cross. */
const storedIn: Readonly<Record<ShareableAttribute, keyof ProfileValues>> = {
  TITLE: 'title',
  FIRST_NAME: 'firstName',
  LAST_NAME: 'lastName',
  EMAIL: 'email',
  MOBILE_PHONE: 'mobilePhone',
  BIRTH_DATE: 'birthDate',
  GENDER: 'gender',
};

/** Types of profile that stand for no customer of their own. */
const unlinkableTypes: ReadonlySet<ProfileType> = new Set(['TEMPORARY', 'DEPENDANT', 'SYSTEM', 'DELETED']);

/** Whether profiles of this type can be linked. */
export function isLinkableType(type: ProfileType): boolean {
  return !unlinkableTypes.has(type);
}

/** Whether an agreement lets anything new be shared. */
export function isInForce(rule: SharingRule): boolean {
  return rule.agreement !== 'INACTIVE';
}

/** Whether the brand really knows the attribute: `unknown` is no name, and a withheld gender is not told. */
function isHeld(profile: ProfileValues, attribute: ShareableAttribute): boolean {
  const value = profile[storedIn[attribute]];
  if (value === null || value === undefined) return false;
  if (attribute === 'FIRST_NAME' || attribute === 'LAST_NAME') return isRealName(value as string);
  if (attribute === 'GENDER') return value !== 'WITHHELD';
  if (attribute === 'BIRTH_DATE') return Object.values(value).some((part) => part !== null && part !== undefined);
  return value !== '';
}

/** Attributes that the rule allows and the brand holds, in the rule's order. */
export function shareableAttributes(rule: SharingRule, profile: ProfileRow): ShareableAttribute[] {
  return [...new Set(rule.attributes)].filter((attribute) => isHeld(profile, attribute));
}

/** The values to copy: allowed now, consented to, and held. */
export function valuesToCopy(
  rule: SharingRule | null,
  consented: readonly ShareableAttribute[],
  profile: ProfileRow,
): ProfileValues {
  if (rule === null || !isInForce(rule)) return {};
  const allowed = shareableAttributes(rule, profile).filter((attribute) => consented.includes(attribute));
  return Object.fromEntries(allowed.map((attribute) => [storedIn[attribute], profile[storedIn[attribute]]]));
}
