import { type OperationContext, requireActor, visibleBrand } from '../access/context.js';
import { World } from '../access/world.js';
import type { Brand } from '../brands/brand.js';
import type { BrandEntry } from '../brands/brands.js';
import { appendConsentEvent, type ConsentStep, givenConsent } from '../consents/consent.service.js';
import { currentNotice } from '../consents/notice.service.js';
import { auditRow } from '../events/audit.js';
import { commitOnce, type Decision } from '../events/commit-once.js';
import { insertAudit } from '../events/event.store.js';
import { intentOf } from '../events/idempotency.js';
import type { CrossBrandLinkEnrolInput, CrossBrandLinkErrorCode } from '../generated/resolvers-types.js';
import { journalRow } from '../journal/journal.js';
import { insertJournals } from '../journal/journal.store.js';
import type { JournalRunner } from '../journal/journal-runner.js';
import { badInput, refuse } from '../kernel/errors.js';
import { expectNodeId, newUuid, type Uuid } from '../kernel/ids.js';
import { accountsOf, ownAccount, type ProfileRow } from '../profiles/profile.js';
import { readProfile } from '../profiles/profile.service.js';
import { newSharedIdentifier } from './activation-token.js';
import { checkEvidence, consentedAttributes, locationOf, recorderOf } from './consent-evidence.js';
import { type Contact, confirmedContact, maskAddress } from './contact.js';
import { endKey, type LinkRow, type LinkView, type MessageChannel } from './cross-brand-link.js';
import { linkView } from './cross-brand-link.service.js';
import { linkLoader } from './link.loader.js';
import { findLinksByEnds, insertLink } from './link.store.js';
import { liveLinkWith, type Offer, offerTo } from './link-option.js';
import { linkJournalId, linkJournals } from './link-work.js';
import { welcomeValueOf } from './welcome-reward.service.js';

const refuseLink: typeof refuse<CrossBrandLinkErrorCode> = refuse;

/**
 * Records a customer's consent to be invited to another brand, and journals the rest. Answers as soon as that is durable
 * in the registry and never waits for the other brand, so the answer is the same whether that brand knows the person,
 * does not, or is down.
 * @throws Refusal with a `CrossBrandLinkErrorCode`; AppError `BAD_USER_INPUT`, `BRAND_UNAVAILABLE` of the asking brand.
 */
export async function enrolLink(
  context: OperationContext,
  journals: JournalRunner,
  input: CrossBrandLinkEnrolInput,
): Promise<LinkView | null> {
  const actor = requireActor(context);
  const { idempotencyKey, ...body } = input;
  const intent = intentOf(actor, 'crossBrandLinkEnrol', idempotencyKey, body, (message) => {
    throw badInput(message, ['input', 'idempotencyKey']);
  });
  const { registry } = context.brands;
  const written: { row?: LinkRow } = {};
  const { result, isReplay } = await commitOnce<{ linkId: string }>({
    context,
    database: registry,
    intent,
    decide: async () => {
      written.row = undefined;
      const decided = await decide(context, input);
      written.row = decided.row;
      return decided.decision;
    },
  });
  context.world = new World();
  // The answer shows the link as committed: how far the steps have come meanwhile would tell something of the other brand.
  if (!isReplay && written.row !== undefined) linkLoader(context).prime(result.linkId, written.row);
  const row = await linkLoader(context).load(result.linkId);
  void journals.poke(linkJournalId(linkJournals.enrol, result.linkId));
  return row === null ? null : linkView(context, row, 'a');
}

async function decide(
  context: OperationContext,
  input: CrossBrandLinkEnrolInput,
): Promise<{ row: LinkRow; decision: Decision<{ linkId: string }> }> {
  const entry = visibleBrand(context, expectNodeId(input.profileId, 'prof', ['input', 'profileId']).brand);
  const profile = entry === null ? null : await liveProfile(context, entry, input.profileId);
  if (entry === null || profile === null) refuseLink('NOT_FOUND', 'There is no such profile', ['profileId']);
  if (input.toBrand === entry.brand.handle) {
    refuseLink('SAME_BRAND', 'Both ends would be in one brand; merge the profiles instead', ['toBrand']);
  }
  const recordedBy = recorderOf(requireActor(context), input.consent.staffReference);
  const now = context.clock.now();
  const offer = await offerFor(context, entry, profile, input.toBrand, now);
  const contact = contactFor(entry.brand, profile, input.channel ?? null);
  const notice = currentNotice(offer.rule);
  checkEvidence(input.consent, notice.id, now);
  const linkId = newUuid();
  const locationId = locationOf(input.consent, entry.brand.handle);
  const actor = requireActor(context);
  const consent = givenConsent(
    linkId,
    {
      purposes: offer.rule.purposes,
      attributes: consentedAttributes(input.consent, offer.attributes),
      noticeId: notice.id,
      method: input.consent.method,
      givenAt: input.consent.givenAt,
      recordedAt: now,
      recordedBy,
      ...(locationId === null ? {} : { locationId }),
      validUntil: null,
      storageLocation: offer.rule.storageLocation,
      retentionYears: offer.rule.retentionYears,
    },
    {
      at: now,
      actor: { kind: actor.kind, reference: actor.reference },
      evidence: {
        noticeId: notice.id,
        noticeSha256: notice.sha256,
        method: input.consent.method,
        givenAt: input.consent.givenAt,
        recordedBy: recordedBy.reference,
        locationId,
      },
    },
  );
  const row = linkRow(context, { linkId, profile, entry, offer, contact, consent, now });
  return { row, decision: { result: { linkId }, write: (session) => write(context, row, consent, session) } };
}

/** The live profile that an id leads to, read to decide; null when it leads nowhere. */
async function liveProfile(context: OperationContext, entry: BrandEntry, globalId: string): Promise<ProfileRow | null> {
  const { database } = entry;
  const id = expectNodeId(globalId, 'prof', ['input', 'profileId']).uuids[0] as Uuid;
  const read = (profileId: Uuid) =>
    database.run(context.deadline, () => readProfile(database, profileId, { deadline: context.deadline }));
  let row = await read(id);
  if (row?.state === 'MERGED' && row.mergedInto !== undefined) row = await read(row.mergedInto);
  return row?.state === 'ACTIVE' ? row : null;
}

async function offerFor(
  context: OperationContext,
  entry: BrandEntry,
  profile: ProfileRow,
  toHandle: string,
  now: Date,
): Promise<Extract<Offer, { reason: null }>> {
  const { registry } = context.brands;
  const ends = accountsOf(profile).map((account) => endKey(entry.brand.handle, account));
  const links = await findLinksByEnds(registry, ends, { deadline: context.deadline });
  if (liveLinkWith(links, toHandle) !== null) {
    refuseLink('ALREADY_LINKED', 'This profile already has a live link to that brand', ['toBrand']);
  }
  const offer = offerTo(entry.brand, toHandle, profile, links, now);
  switch (offer.reason) {
    case null:
      return offer;
    case 'NO_CONFIRMED_CONTACT':
      return refuseLink('NO_CONFIRMED_CONTACT', 'No confirmed e-mail or mobile number is known', ['profileId']);
    case 'DECLINED_RECENTLY':
      return refuseLink('DECLINED_RECENTLY', 'The customer asked not to be invited for a while', ['toBrand']);
    case 'TYPE_NOT_LINKABLE':
      return refuseLink('NOT_SHAREABLE', 'Profiles of this type cannot be linked', ['profileId']);
    default:
      return refuseLink('NOT_SHAREABLE', 'No rule in force lets this brand share with that one', ['toBrand']);
  }
}

function contactFor(brand: Brand, profile: ProfileRow, channel: string | null): Contact {
  const isMessageChannel = channel === null || channel === 'EMAIL' || channel === 'SMS';
  const contact = isMessageChannel ? confirmedContact(brand, profile, channel as MessageChannel | null) : null;
  if (contact === null) {
    refuseLink('NO_CONFIRMED_CONTACT', 'No confirmed address is known on this channel', ['channel']);
  }
  return contact;
}

interface LinkParts {
  readonly linkId: Uuid;
  readonly profile: ProfileRow;
  readonly entry: BrandEntry;
  readonly offer: Extract<Offer, { reason: null }>;
  readonly contact: Contact;
  readonly consent: ConsentStep;
  readonly now: Date;
}

function linkRow(context: OperationContext, parts: LinkParts): LinkRow {
  const { entry, offer, contact, now } = parts;
  const { kind, reference } = requireActor(context);
  const accountId = ownAccount(parts.profile);
  const welcomeValue = welcomeValueOf(offer.rule, context.brands.get(offer.rule.to).brand.currencyCode);
  return {
    _id: parts.linkId,
    open: true,
    state: 'PENDING_ACTIVATION',
    step: 'ENROLLING',
    epoch: 1,
    ends: [endKey(entry.brand.handle, accountId)],
    a: { brand: entry.brand.handle, accountId },
    b: { brand: offer.rule.to, profileId: newUuid() },
    sharedHandle: offer.rule.sharedHandle,
    sharedIdentifier: newSharedIdentifier(),
    consent: parts.consent.record,
    message: { channel: contact.channel, maskedAddress: maskAddress(contact), status: 'QUEUED', sends: 0, wanted: 1 },
    welcomeReward: offer.rule.welcomeReward,
    ...(welcomeValue === null ? {} : { welcomeValue }),
    actor: { kind, reference },
    createdAt: now,
    activateBy: new Date(now.getTime() + offer.rule.activationHours * 3_600_000),
  };
}

async function write(
  context: OperationContext,
  row: LinkRow,
  consent: ConsentStep,
  session: Parameters<typeof insertLink>[2],
): Promise<void> {
  const { registry } = context.brands;
  const data = { linkId: row._id };
  const at = row.createdAt;
  const { enrol, expire } = linkJournals;
  await insertLink(registry, row, session);
  await appendConsentEvent(registry, consent.event, session);
  await insertJournals(
    registry,
    [
      journalRow({ id: linkJournalId(enrol, row._id), kind: enrol, data, at }),
      journalRow({ id: linkJournalId(expire, row._id), kind: expire, data, at, notBefore: row.activateBy }),
    ],
    session,
  );
  const audit = auditRow(context, 'crossBrandLinkEnrol', row._id, at, { from: row.a.brand, to: row.b.brand });
  await insertAudit(registry, [audit], session);
}
