import { Liquid, type Template } from 'liquidjs';

/** What a message is for: the invitation to another brand, or what the customer keeps once they have accepted. */
export type MessagePurpose = 'activation' | 'confirmation';

const common = {
  fromBrandName: 'name of the brand that asks, which sends the message',
  toBrandName: 'name of the brand that invites',
  code: 'the token alone, for who types it in',
} as const;

/** What a template may use, with what each stands for. There is nothing else in its reach. */
export const templateVariables = {
  activation: {
    ...common,
    url: 'address of the activation page, with the token; it works once',
    activateBy: "until when it works: the sending brand's time zone, the language of the notice",
    welcomeReward: 'what the inviting brand promises, in words; nothing when it promises nothing',
  },
  confirmation: {
    ...common,
    url: 'address at which consent is taken back, with the token; it works as long as the link',
    portalUrl: "the inviting brand's page for its customers; nothing when it has none",
  },
} as const satisfies Record<MessagePurpose, Record<string, string>>;

/** Values of all variables for one message. */
export type TemplateScope<Purpose extends MessagePurpose = MessagePurpose> = Readonly<
  Record<keyof (typeof templateVariables)[Purpose], string | null>
>;
/** A line of header, words as they are, or a page whose values are escaped. */
export type TemplateKind = 'subject' | 'text' | 'html';

/** Tags that only choose: no loops, no assignments, nothing that reads another template. */
const allowedTags = ['if', 'unless', 'case', 'comment'];
/** Filters that change a text. `raw` is missing: it would lift the escaping. */
const allowedFilters = ['append', 'capitalize', 'default', 'downcase', 'escape', 'prepend', 'strip', 'upcase'];
/** Characters of a template, milliseconds of one rendering, and what it may make in memory: far above any real message. */
const limits = { parseLimit: 20_000, renderLimit: 500, memoryLimit: 1_000_000 } as const;
/** Characters of a subject: longer ones are cut off by every reader of mail. */
const subjectMax = 200;

const engines: Readonly<Record<TemplateKind, Liquid>> = {
  subject: createEngine(false),
  text: createEngine(false),
  html: createEngine(true),
};

function createEngine(isEscaping: boolean): Liquid {
  const engine = new Liquid({
    ...limits,
    ownPropertyOnly: true,
    strictVariables: true,
    strictFilters: true,
    // No file system at all: templates come from this list, which is empty.
    templates: {},
    ...(isEscaping ? { outputEscape: 'escape' as const } : {}),
  });
  keepOnly(engine.tags, allowedTags);
  keepOnly(engine.filters, allowedFilters);
  return engine;
}

function keepOnly(registered: Record<string, unknown>, allowed: readonly string[]): void {
  for (const name of Object.keys(registered)) if (!allowed.includes(name)) delete registered[name];
}

/** A value as it may stand in any line: what would begin another line, or is no character, becomes a space. */
function oneLine(value: string): string {
  return value.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();
}

/**
 * Renders a template that {@link templateMistake} found right. Values are put in as they are, never read as templates; in
 * `html` they are escaped, in `subject` the whole is one line.
 */
export function renderTemplate(kind: TemplateKind, source: string, scope: TemplateScope): string {
  const engine = engines[kind];
  return renderParsed(kind, engine.parse(source), scope);
}

function renderParsed(kind: TemplateKind, template: Template[], scope: TemplateScope): string {
  const values = Object.entries(scope).map(([name, value]) => [name, value === null ? null : oneLine(value)]);
  const text = String(engines[kind].renderSync(template, Object.fromEntries(values)));
  return kind === 'subject' ? oneLine(text).slice(0, subjectMax) : text;
}

/** An address as links have it: all that matters is that it comes out whole. */
const sampleUrl = `https://group.example/page#${'k'.repeat(43)}`;

/** Messages that between them take every turn that depends on what is there. */
const sample = { fromBrandName: 'Asking', toBrandName: 'Inviting', url: sampleUrl, code: 'k'.repeat(43) };
const activateBy = 'Sunday 22 November 2026 at 15:05';
const samples: { readonly [Purpose in MessagePurpose]: readonly TemplateScope<Purpose>[] } = {
  activation: [null, 'A welcome'].map((welcomeReward) => ({ ...sample, activateBy, welcomeReward })),
  confirmation: [null, 'https://members.example'].map((portalUrl) => ({ ...sample, portalUrl })),
};

/** What is wrong with a template and what to write instead; null when nothing is. Tried out with made-up values. */
export function templateMistake(
  kind: TemplateKind,
  source: string,
  purpose: MessagePurpose = 'activation',
): string | null {
  if (kind === 'subject' && oneLine(source) !== source.trim()) return 'must be one line of text';
  try {
    const template = engines[kind].parse(source);
    const names = engines[kind].fullVariablesSync(template);
    return variableMistake(kind, names, purpose) ?? renderedMistake(kind, template, purpose);
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    return `is not a template that can be rendered: ${reason}; allowed are {{ variables }}, the tags ${allowedTags.join(', ')} and the filters ${allowedFilters.join(', ')}`;
  }
}

function variableMistake(kind: TemplateKind, names: readonly string[], purpose: MessagePurpose): string | null {
  const variables = templateVariables[purpose];
  const strange = names.find((name) => !Object.hasOwn(variables, name));
  if (strange !== undefined)
    return `"${strange}" is not a variable; known: ${Object.keys(variables).join(', ')}, without further parts`;
  // Subjects stand in logs of carriers and on locked screens.
  const isTelling = kind === 'subject' && names.some((name) => name === 'url' || name === 'code');
  return isTelling ? 'must not hold the url or the code; they belong in the text' : null;
}

function renderedMistake(kind: TemplateKind, template: Template[], purpose: MessagePurpose): string | null {
  for (const sample of samples[purpose]) {
    const text = renderParsed(kind, template, sample);
    if (text.trim() === '') return 'comes out empty; write some words';
    if (kind !== 'subject' && !text.includes(sampleUrl))
      return 'must hold {{ url }}, whatever else is there or not: without it the customer can do nothing';
  }
  return null;
}
