import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTemplate, type TemplateScope, templateMistake } from '../../src/brands/message-template.js';

const scope: TemplateScope<'activation'> = {
  fromBrandName: 'Wren',
  toBrandName: 'Hearth',
  url: 'https://group.example/activate#TOKEN',
  code: 'TOKEN',
  activateBy: 'Sunday',
  welcomeReward: null,
};

/** Names as somebody with bad intentions would give them to a brand. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }).map((text) => text.toWellFormed()),
  fc
    .array(
      fc.constantFrom(
        '{{ code }}',
        '{% include "x" %}',
        '{%- if url -%}',
        '"><script>',
        "' onload='",
        '</p>',
        '\r\nBcc: a@b.example',
        '\n\n',
        '\u2028',
        '\u0000',
        '&amp;',
        '| raw',
        '{{ "a" | append: code }}',
        '__proto__',
      ),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) => parts.join('')),
);

const numRuns = 400;

describe('values in a template', () => {
  it('are never read as templates, and never begin another line', () => {
    fc.assert(
      fc.property(hostile, hostile, (fromBrandName, toBrandName) => {
        const template = '[{{ fromBrandName }}|{{ toBrandName }}]\n{{ url }}';
        const text = renderTemplate('text', template, { ...scope, fromBrandName, toBrandName });
        const plain = (value: string) => value.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
        expect(text).toBe(`[${plain(fromBrandName)}|${plain(toBrandName)}]\n${scope.url}`);
      }),
      { numRuns },
    );
  });

  it('stay words in a page: no tag, no attribute, no entity of theirs comes out', () => {
    fc.assert(
      fc.property(hostile, (fromBrandName) => {
        const page = renderTemplate('html', '<p title="{{ fromBrandName }}">{{ fromBrandName | append: "<" }}</p>', {
          ...scope,
          fromBrandName,
        });
        const [, title = '', words = ''] = /^<p title="([^"<>]*)">([^<>"']*)<\/p>$/.exec(page) ?? [];
        expect(page).toBe(`<p title="${title}">${words}</p>`);
        expect(`${title}${words}`.replaceAll(/&(amp|lt|gt|#34|#39);/g, '')).not.toContain('&');
      }),
      { numRuns },
    );
  });

  it('leave a subject one line, of a length that readers show', () => {
    fc.assert(
      fc.property(hostile, (fromBrandName) => {
        const subject = renderTemplate('subject', 'From {{ fromBrandName }}\r\n{{ fromBrandName }}', {
          ...scope,
          fromBrandName,
        });
        expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
        expect(subject.length).toBeLessThanOrEqual(200);
      }),
      { numRuns },
    );
  });
});

describe('a template', () => {
  it.each([
    'constructor',
    '__proto__',
    'fromBrandName.constructor',
    'fromBrandName.length',
    'fromBrandName["size"]',
    'toString',
    'process',
    'globalThis',
    'templates',
    'email',
  ])('cannot name %s', (name) => {
    expect(templateMistake('text', `{{ url }}{{ ${name} }}`)).toMatch(/is not a variable/);
    expect(templateMistake('text', `{{ url }}{% if ${name} %}x{% endif %}`)).toMatch(/is not a variable/);
    expect(templateMistake('text', `{{ url }}{{ code | append: ${name} }}`)).toMatch(/is not a variable/);
  });

  it.each([
    '{% include "brands.config.json" %}',
    '{% render "/etc/hostname" %}',
    '{% layout "x" %}',
    '{% for i in (1..100000000) %}x{% endfor %}',
    '{% assign x = code %}',
    '{% capture x %}{% endcapture %}',
    '{% liquid echo code %}',
    '{% raw %}{{ x }}{% endraw %}',
    '{{ code | raw }}',
    '{{ "now" | date: "%s" }}',
    '{{ code | where: "a" }}',
    '{{ [code] }}',
  ])('cannot hold %s', (piece) => {
    expect(templateMistake('text', `{{ url }}${piece}`)).toMatch(/is not a template that can be rendered/);
  });

  it('must say where to answer in every case that it tells apart', () => {
    expect(templateMistake('text', 'Hi {% if welcomeReward %}{{ url }}{% endif %}')).toMatch(/must hold/);
    expect(templateMistake('text', 'Hi {% unless welcomeReward %}{{ url }}{% endunless %}')).toMatch(/must hold/);
    expect(templateMistake('text', '{{ url | upcase }}')).toMatch(/must hold/);
    expect(templateMistake('text', 'x{% if welcomeReward %}a{% else %}b{% endif %} {{ url }}')).toBeNull();
  });
});
