import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/kernel/errors.js';
import {
  base62ToUuid,
  expectNodeId,
  formatNodeId,
  isUuid,
  type NodeKind,
  newUuid,
  nodeKinds,
  parseNodeId,
  uuidToBase62,
  uuidV5,
} from '../../src/kernel/ids.js';
import { seededRandom } from '../../src/kernel/random.js';

const kinds = Object.keys(nodeKinds) as NodeKind[];
const seed = 20_260_701;

function anId(kind: NodeKind, random = seededRandom(seed)) {
  const shape = nodeKinds[kind];
  return { kind, brand: shape.hasBrand ? 'wren' : '', uuids: Array.from({ length: shape.uuids }, () => random.uuid()) };
}

function codeOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error instanceof AppError ? { code: error.code, field: error.details['field'] } : error;
  }
  return 'nothing was thrown';
}

describe('a global id', () => {
  it.each(kinds)('of kind %s comes back as it went in', (kind) => {
    const random = seededRandom(seed);
    for (let i = 0; i < 50; i += 1) {
      const id = anId(kind, random);
      expect(parseNodeId(formatNodeId(kind, id.brand, ...id.uuids))).toEqual(id);
    }
  });

  it('keeps the smallest and the largest UUID', () => {
    for (const uuid of ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff']) {
      expect(parseNodeId(formatNodeId('prof', 'wren', uuid))?.uuids).toEqual([uuid]);
    }
  });

  it('says its kind and brand to a person and stays within 128 characters', () => {
    for (const kind of kinds) {
      const { uuids } = anId(kind);
      const text = formatNodeId(kind, 'w'.repeat(32), ...uuids);
      expect(text.startsWith(nodeKinds[kind].hasBrand ? `${kind}_${'w'.repeat(32)}` : `${kind}_`)).toBe(true);
      expect(text.length).toBeLessThanOrEqual(128);
    }
  });

  it('keeps a brand handle with hyphens in one piece', () => {
    const uuid = newUuid();
    expect(parseNodeId(formatNodeId('prof', 'old-town-2', uuid))).toEqual({
      kind: 'prof',
      brand: 'old-town-2',
      uuids: [uuid],
    });
  });

  it.each(kinds)('of kind %s is refused as any other kind, naming the field', (kind) => {
    const { brand, uuids } = anId(kind);
    const text = formatNodeId(kind, brand, ...uuids);
    expect(expectNodeId(text, kind, ['input', 'id'])).toEqual({ kind, brand, uuids });
    for (const other of kinds.filter((candidate) => candidate !== kind)) {
      expect(codeOf(() => expectNodeId(text, other, ['input', 'id']))).toEqual({
        code: 'BAD_USER_INPUT',
        field: ['input', 'id'],
      });
    }
  });

  it.each([
    '',
    'prof',
    'prof_',
    'prof_wren',
    'prof_wren_',
    'prof__0000000000000000000000',
    'prof_WREN_0000000000000000000000',
    'prof_wren_000000000000000000000',
    'prof_wren_00000000000000000000000',
    'prof_wren_0000000000000000000000_',
    'prof_wren_0000000000000000000000_extra',
    'prof_wren_zzzzzzzzzzzzzzzzzzzzzz',
    'prof_wren_-000000000000000000000',
    'addr_wren_0000000000000000000000',
    'link_wren_0000000000000000000000',
    'brand_wren_',
    'brand_wren_0000000000000000000000',
    'Prof_wren_0000000000000000000000',
    ' prof_wren_0000000000000000000000',
    'prof_wren_0000000000000000000000\n',
    '__proto___wren_0000000000000000000000',
    'constructor_wren_0000000000000000000000',
    'toString',
    'prof_wren_00000000000\ud80000000000',
  ])('is not %j', (text) => {
    expect(parseNodeId(text)).toBeNull();
  });

  it('is not a text of five thousand characters', () => {
    expect(parseNodeId(`prof_wren_${'0'.repeat(5_000)}`)).toBeNull();
  });

  it('never names the value that was refused', () => {
    const act = () => expectNodeId('ada.quill@example.com', 'prof', ['id']);
    expect(act).toThrow(AppError);
    expect(act).not.toThrow(/ada|quill/);
  });

  it(`is told from 10,000 random texts without a fault (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const pieces = [
      ...kinds,
      'wren',
      '_',
      '__',
      '-',
      '0'.repeat(22),
      'z'.repeat(22),
      '\u0000',
      '\ud83d',
      'é',
      '🦊',
      '$',
    ];
    for (let i = 0; i < 10_000; i += 1) {
      const text = Array.from({ length: random.below(8) }, () =>
        random.below(3) === 0 ? String.fromCharCode(random.below(65_536)) : random.pick(pieces),
      ).join('');
      const id = parseNodeId(text);
      // Whatever is taken for an id is spelt as an id is spelt: no two texts name the same thing.
      if (id !== null) expect(formatNodeId(id.kind, id.brand, ...id.uuids)).toBe(text);
      expect(() => base62ToUuid(text)).not.toThrow();
    }
  });

  it(`survives the change of any single character as another id or none (seed ${seed})`, () => {
    const random = seededRandom(seed);
    const text = formatNodeId('iden', 'wren', random.uuid(), random.uuid());
    for (let at = 0; at < text.length; at += 1) {
      const changed = `${text.slice(0, at)}${text[at] === '1' ? '2' : '1'}${text.slice(at + 1)}`;
      const id = parseNodeId(changed);
      if (id !== null) expect(formatNodeId(id.kind, id.brand, ...id.uuids)).toBe(changed);
    }
  });
});

describe('a UUID', () => {
  it('drawn at random is a version 4 and never the same', () => {
    const drawn = new Set(Array.from({ length: 1_000 }, () => newUuid()));
    expect(drawn.size).toBe(1_000);
    for (const uuid of drawn)
      expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('from a name agrees with the published examples of version 5', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    const url = '6ba7b811-9dad-11d1-80b4-00c04fd430c8';
    // RFC 9562 appendix A.4, and the example of the Python documentation's uuid module.
    expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
    expect(uuidV5(dns, 'python.org')).toBe('886313e1-3b8a-5372-9b90-0c9aee199e5d');
    expect(uuidV5(url, 'python.org')).not.toBe(uuidV5(dns, 'python.org'));
  });

  it('is accepted in the one form that is stored', () => {
    const uuid = newUuid();
    expect(isUuid(uuid)).toBe(true);
    for (const other of [uuid.toUpperCase(), `{${uuid}}`, uuid.replaceAll('-', ''), `${uuid} `, '', `${uuid}\n`]) {
      expect(isUuid(other)).toBe(false);
    }
  });

  it('has one spelling in base 62, which is null for what exceeds it', () => {
    const uuid = newUuid();
    expect(uuidToBase62(uuid)).toHaveLength(22);
    expect(base62ToUuid(uuidToBase62(uuid))).toBe(uuid);
    expect(base62ToUuid('zzzzzzzzzzzzzzzzzzzzzz')).toBeNull();
    expect(base62ToUuid('')).toBeNull();
  });
});
