import { describe, expect, it } from 'vitest';
import type { Brand } from '../../src/brands/brand.js';
import { confirmedContact } from '../../src/links/contact.js';
import { type MessageSource, messageWords } from '../../src/links/message-words.js';
import type { ProfileRow } from '../../src/profiles/profile.js';
import { bySmtp, configWithMessages, type MessagesInput } from '../messages/messages.js';

function wren(messages: MessagesInput): Brand {
  return configWithMessages(messages).brands[1] as unknown as Brand;
}

function aSource(messages: MessagesInput, overrides: Partial<MessageSource> = {}): MessageSource {
  return {
    from: wren(messages),
    to: configWithMessages({}).brands[2] as unknown as Brand,
    link: { welcomeReward: '$10 on your first order', activateBy: new Date('2026-11-25T04:05:06.789Z') },
    language: 'en-AU',
    publicUrl: 'https://group.example',
    token: 'THE-TOKEN',
    ...overrides,
  };
}

const own = (email: object) => ({ templates: { activation: { email } } });

describe('the words of a message', () => {
  it('are plain when the brand has none of its own', () => {
    const { subject, text } = messageWords('activation', 'EMAIL', aSource({}));
    expect(subject).toBe('Wren invites you to Hearth');
    expect(text.split('\n')).toEqual([
      'You told Wren that Hearth may welcome you as a member.',
      'Nothing is opened before you confirm it yourself:',
      '',
      'https://group.example/activate#THE-TOKEN',
      '',
      'What awaits you: $10 on your first order',
      '',
      'Your code: THE-TOKEN',
      expect.stringMatching(/^It works once, until Wednesday,? 25 November 2026\D*0?3:05.*\.$/),
      'If this was not you, do nothing: the invitation ends by itself.',
    ]);
  });

  it('promise nothing where there is nothing to promise', () => {
    const link = { ...aSource({}).link, welcomeReward: null };
    expect(messageWords('activation', 'EMAIL', aSource({}, { link })).text).not.toContain('awaits');
  });

  it('confirm an acceptance with the address at which it is all taken back', () => {
    const { subject, text } = messageWords('confirmation', 'EMAIL', aSource({}));
    expect(subject).toBe('You are a member of Hearth now');
    expect(text.split('\n')).toContain('https://group.example/withdraw#THE-TOKEN');
    expect(text).toContain('Your account: https://members.hearth.example/welcome');
    const sms = messageWords('confirmation', 'SMS', aSource({}));
    expect(sms.subject).toBe('');
    expect(sms.text).toContain('https://group.example/withdraw#THE-TOKEN');
  });

  it('of a confirmation are the brand’s own where it has some, and plain where those come out without the address', () => {
    const words = (text: string) =>
      messageWords(
        'confirmation',
        'EMAIL',
        aSource({ templates: { confirmation: { email: { subject: 'Hi', text } } } }),
      );
    expect(words('Welcome to {{ toBrandName }}: {{ url }}').text).toBe(
      'Welcome to Hearth: https://group.example/withdraw#THE-TOKEN',
    );
    const turn = "{% if toBrandName == 'Hearth' %}nothing{% else %}{{ url }}{% endif %}";
    expect(words(turn).text).toContain('https://group.example/withdraw#THE-TOKEN');
  });

  it('of an SMS are few and have no subject', () => {
    const { subject, text } = messageWords('activation', 'SMS', aSource({}));
    expect(subject).toBe('');
    expect(text).toMatch(/^Wren invites you to Hearth\. .*\nhttps:\/\/group\.example\/activate#THE-TOKEN\nNot you\?/);
  });

  it("are the brand's, in the language of the notice, escaped where they make a page", () => {
    const email = {
      subject: 'Bonjour de {{ fromBrandName }}',
      text: "{{ url }} jusqu'au {{ activateBy }}",
      html: '<a href="{{ url }}">{{ welcomeReward }}</a>',
    };
    const link = { ...aSource({}).link, welcomeReward: '<b>10 €</b>' };
    const words = messageWords('activation', 'EMAIL', aSource(own(email), { language: 'fr-FR', link }));
    expect(words.subject).toBe('Bonjour de Wren');
    expect(words.text).toMatch(/jusqu'au mercredi 25 novembre 2026/);
    expect(words.html).toBe('<a href="https://group.example/activate#THE-TOKEN">&lt;b&gt;10 €&lt;/b&gt;</a>');
  });

  it('fall back to plain ones when a template has lost the address on the way, and to English for an odd language', () => {
    const text = '{% if toBrandName == "Hearth" %}Hello{% else %}{{ url }}{% endif %}';
    const words = messageWords(
      'activation',
      'EMAIL',
      aSource(own({ subject: 'Hi', text }), { language: 'xx-abcd-abcd-abcd' }),
    );
    expect(words.text).toContain('You told Wren that Hearth may welcome you');
    expect(words.text).toMatch(/until Wednesday, November 25, 2026/);
  });
});

describe('the channel of a message', () => {
  const person = { email: 'mei@example.org', mobilePhone: '+61491570156' } as ProfileRow;

  it('is one that a transport of the brand carries', () => {
    expect(confirmedContact(wren({}), person, 'SMS')?.channel).toBe('SMS');
    expect(confirmedContact(wren({ transport: bySmtp }), person, null)?.channel).toBe('EMAIL');
    expect(confirmedContact(wren({ transport: bySmtp }), person, 'SMS')).toBeNull();
    expect(confirmedContact(wren({ transport: bySmtp }), { ...person, email: null } as never, null)).toBeNull();
    expect(confirmedContact(wren({ email: { kind: 'none' } }), person, null)?.channel).toBe('SMS');
  });
});
