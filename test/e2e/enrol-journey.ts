import { describe, expect, it } from 'vitest';
import { jsonLines, runKindred } from '../support/kindred-command.js';
import { until } from '../support/until.js';
import { anId, aTime, type JourneyStage } from './journey-stage.js';

/** Staff enrol the customer in another brand, and she activates. Takes up the merged profile. */
export function enrolJourney(stage: JourneyStage): void {
  describe('staff enrol a customer in another brand, and she activates', () => {
    const enrol = `mutation Enrol($input: CrossBrandLinkEnrolInput!) {
    crossBrandLinkEnrol(input: $input) {
      link {
        id status consentedAttributes
        target { brand { handle } state profile { id } }
        activation { channel maskedAddress status expiresAt resendsLeft }
        consent { status recordedBy { kind reference } }
      }
      userErrors { code field message }
    }
  }`;
    const landing =
      'query Landing($token: String!) { activation(token: $token) { fromBrandName toBrandName attributes notice { text } expiresAt } }';
    const accept = `mutation Accept($token: String!) {
    crossBrandLinkActivate(input: { token: $token, isAccepted: true }) {
      portalUrl receipt { id issuedAt jws withdrawalUrl } userErrors { code message }
    }
  }`;
    const wording = 'Hearth would receive your name and e-mail to open an account for you.';
    let noticeId = '';
    let activationToken = '';
    let receiptToken = '';
    const input = (consent: object = {}, overrides: object = {}): { input: object } => ({
      input: {
        profileId: stage.world.winnerId,
        toBrand: 'hearth',
        idempotencyKey: 'till-7-000194',
        consent: { method: 'VERBAL', isConfirmed: true, noticeId, givenAt: new Date().toISOString(), ...consent },
        ...overrides,
      },
    });

    it('offers what the rules allow and the brand holds, and nothing more', async () => {
      const { profile } = await stage.server.data<{ profile: { linkOptions: { notice: { id: string } | null }[] } }>(
        `query Offer($id: ID!) { profile(by: { id: $id }) { id linkOptions {
        brand { handle name } state unavailableReason attributes notice { id version text } welcomeReward } } }`,
        { id: stage.world.winnerId },
        stage.token.enroller,
      );
      expect(profile).toEqual({
        id: stage.world.winnerId,
        linkOptions: [
          {
            brand: { handle: 'alder', name: 'Alder' },
            state: 'UNAVAILABLE',
            unavailableReason: 'NO_RULE',
            attributes: [],
            notice: null,
            welcomeReward: null,
          },
          {
            brand: { handle: 'hearth', name: 'Hearth' },
            state: 'INVITABLE',
            unavailableReason: null,
            attributes: ['FIRST_NAME', 'LAST_NAME', 'EMAIL'],
            notice: { id: anId('notice'), version: '2026-07', text: wording },
            welcomeReward: '$10 on your first order',
          },
        ],
      });
      noticeId = profile.linkOptions[1]?.notice?.id ?? '';
    });

    it.each([
      ['no yes of the customer', { isConfirmed: false }, {}, 'CONSENT_REQUIRED', null],
      ['another wording', { noticeId: 'notice_0' }, {}, 'NOTICE_OUTDATED', null],
      ['a brand that nothing may be shared with', {}, { toBrand: 'alder' }, 'NOT_SHAREABLE', null],
      [
        'an attribute outside the rule',
        { attributes: ['MOBILE_PHONE'] },
        {},
        'ATTRIBUTE_NOT_SHAREABLE',
        ['input', 'consent', 'attributes', '0'],
      ],
    ] as const)('refuses %s', async (_, consent, overrides, code, field) => {
      const { crossBrandLinkEnrol } = await stage.server.data<{
        crossBrandLinkEnrol: { link: null; userErrors: { code: string; field: string[] }[] };
      }>(enrol, input(consent, { idempotencyKey: `no-${code}`, ...overrides }), stage.token.enroller);
      expect(crossBrandLinkEnrol.link).toBeNull();
      expect(crossBrandLinkEnrol.userErrors[0]?.code).toBe(code);
      if (field !== null) expect(crossBrandLinkEnrol.userErrors[0]?.field).toEqual(field);
    });

    it('accepts the invitation although the other brand is down', async () => {
      stage.hearth.gate.shut();
      try {
        const { crossBrandLinkEnrol } = await stage.server.data<{ crossBrandLinkEnrol: object }>(
          enrol,
          input(),
          stage.token.enroller,
        );
        expect(crossBrandLinkEnrol).toEqual({
          link: {
            id: anId('link'),
            status: 'PENDING_ACTIVATION',
            consentedAttributes: ['FIRST_NAME', 'LAST_NAME', 'EMAIL'],
            target: { brand: { handle: 'hearth' }, state: 'LINK_NOT_ACTIVE', profile: null },
            activation: {
              channel: 'EMAIL',
              maskedAddress: 'm•••@e•••.org',
              status: 'QUEUED',
              expiresAt: aTime,
              resendsLeft: 3,
            },
            consent: { status: 'GIVEN', recordedBy: { kind: 'STAFF', reference: 'staff_wren_19' } },
          },
          userErrors: [],
        });
      } finally {
        stage.hearth.gate.open();
      }
    });

    it('refuses a second invitation', async () => {
      const again = await stage.server.data(
        enrol,
        input({}, { idempotencyKey: 'till-7-000195' }),
        stage.token.enroller,
      );
      expect(again).toHaveProperty('crossBrandLinkEnrol.userErrors.0.code', 'ALREADY_LINKED');
    });

    it('sends a message once the other brand is back, and its token opens the landing page', async () => {
      const text = await until(
        'the message is in the mailbox',
        async () => {
          const result = await runKindred(['mailbox', '--config', stage.configFile, '--brand', 'wren', '--json']);
          return jsonLines<{ text: string; to: string }>(result.stdout).find((each) => each.to === 'mei@example.org')
            ?.text;
        },
        60_000,
      );
      activationToken = /Your code: (\S+)/.exec(text)?.[1] ?? '';
      expect(await stage.server.data(landing, { token: activationToken }, null)).toEqual({
        activation: {
          fromBrandName: 'Wren',
          toBrandName: 'Hearth',
          attributes: ['FIRST_NAME', 'LAST_NAME', 'EMAIL'],
          notice: { text: wording },
          expiresAt: aTime,
        },
      });
    }, 90_000);

    it('opens the account when she accepts, with a receipt', async () => {
      const { data } = await stage.server.ask(accept, { token: activationToken });
      receiptToken = /#([\w-]{43})/.exec(JSON.stringify(data))?.[1] ?? '';
      expect(data).toEqual({
        crossBrandLinkActivate: {
          portalUrl: 'https://members.hearth.example/welcome',
          receipt: {
            id: anId('rcpt'),
            issuedAt: aTime,
            jws: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
            withdrawalUrl: expect.stringMatching(/\/withdraw#[\w-]{43}$/),
          },
          userErrors: [],
        },
      });
    });

    it('gives the same bytes for a used, an altered and a made-up token', async () => {
      const altered = `${activationToken.slice(0, -1)}${activationToken.endsWith('0') ? '1' : '0'}`;
      const texts = new Set<string>();
      for (const each of [activationToken, altered, 'the-one-from-the-message', '']) {
        const refused = await stage.server.ask(accept, { token: each });
        expect(refused.data).toHaveProperty('crossBrandLinkActivate.userErrors.0.code', 'TOKEN_INVALID');
        texts.add(refused.text);
        expect(await stage.server.data(landing, { token: each }, null)).toEqual({ activation: null });
      }
      expect(texts.size).toBe(1);
    });

    it('shows one person with two members to the group app, and the end out of reach to staff of one brand', async () => {
      const onePerson = `query OnePerson($by: ProfileLookup!) {
      groupCustomer(by: $by) {
        members { brand { handle } profile { id fullName } link { id status } }
        brandStatuses { brand { handle } state }
      }
    }`;
      const card = { by: { identity: { brand: 'wren', handle: 'loyalty-card', identifier: 'LY-8831227' } } };
      const whole = await until('both members are there', async () => {
        const { groupCustomer } = await stage.server.data<{ groupCustomer: { members: object[] } | null }>(
          onePerson,
          card,
          stage.token.app,
        );
        return groupCustomer;
      });
      expect(whole).toEqual({
        members: [
          { brand: { handle: 'wren' }, profile: { id: stage.world.winnerId, fullName: 'Mei Tanaka' }, link: null },
          {
            brand: { handle: 'hearth' },
            profile: { id: anId('prof', 'hearth'), fullName: 'Mei Tanaka' },
            link: { id: anId('link'), status: 'ACTIVE' },
          },
        ],
        brandStatuses: [
          { brand: { handle: 'wren' }, state: 'COMPLETE' },
          { brand: { handle: 'hearth' }, state: 'COMPLETE' },
        ],
      });
      const staff = await stage.server.data(
        `query Links($id: ID!) { profile(by: { id: $id }) { crossBrandLinks { status target { brand { handle } state profile { id } } } } }`,
        { id: stage.world.winnerId },
        stage.token.enroller,
      );
      expect(staff).toEqual({
        profile: {
          crossBrandLinks: [
            { status: 'ACTIVE', target: { brand: { handle: 'hearth' }, state: 'OUT_OF_REACH', profile: null } },
          ],
        },
      });
    });

    it('takes the consent back with the address of her receipt, and at that instant she is two customers again', async () => {
      const withdraw = `mutation Withdraw($token: String!) {
      crossBrandLinkWithdraw(input: { link: { receiptToken: $token }, copies: ERASE_UNTOUCHED }) {
        withdrawnAt receipt { id jws } userErrors { code message }
      }
    }`;
      const page = await fetch(`${stage.server.url}/withdraw`, {
        method: 'POST',
        body: new URLSearchParams({ code: receiptToken, action: 'show' }),
      });
      expect(page.status).toBe(200);
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.headers.get('referrer-policy')).toBe('no-referrer');
      expect(await page.text()).toContain(wording);
      const { data } = await stage.server.ask(withdraw, { token: receiptToken });
      expect(data).toEqual({
        crossBrandLinkWithdraw: {
          withdrawnAt: aTime,
          receipt: { id: anId('rcpt'), jws: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) },
          userErrors: [],
        },
      });
      const card = { by: { identity: { brand: 'wren', handle: 'loyalty-card', identifier: 'LY-8831227' } } };
      const nobody = 'query Nobody($by: ProfileLookup!) { groupCustomer(by: $by) { members { link { id } } } }';
      expect(await stage.server.data(nobody, card, stage.token.app)).toEqual({ groupCustomer: null });
      const links = `query Links($id: ID!) { profile(by: { id: $id }) {
        now: crossBrandLinks { id }
        ever: crossBrandLinks(statuses: [WITHDRAWN]) { status target { state } consent { status epoch events { status } } }
      } }`;
      expect(await stage.server.data(links, { id: stage.world.winnerId }, stage.token.enroller)).toEqual({
        profile: {
          now: [],
          ever: [
            {
              status: 'WITHDRAWN',
              target: { state: 'LINK_NOT_ACTIVE' },
              consent: {
                status: 'WITHDRAWN',
                epoch: 2,
                events: [{ status: 'GIVEN' }, { status: 'CONFIRMED' }, { status: 'WITHDRAWN' }],
              },
            },
          ],
        },
      });
    });
  });
}
