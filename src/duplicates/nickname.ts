/**
 * English short forms of given names, each line one name; the first is the root. Kept small on purpose: only forms that
 * are hardly ever a name of somebody else. Folded spelling.
 */
const families: readonly string[] = [
  'alexander alex sandy xander',
  'alexandra alexa sasha',
  'andrew andy drew',
  'anthony tony ant',
  'benjamin ben benji',
  'catherine cathy kate katie katherine kathryn kathy cath',
  'charles charlie chuck chas',
  'christine chris christina tina',
  'christopher chris topher kit',
  'daniel dan danny',
  'david dave davey',
  'deborah deb debbie debra',
  'edward ed eddie ted teddy ned',
  'elizabeth liz lizzie beth betty eliza libby elisabeth',
  'frances fran frankie',
  'francis frank frankie',
  'gregory greg',
  'jacob jake',
  'james jim jimmy jamie',
  'jennifer jen jenny',
  'john jack johnny',
  'jonathan jon jonny',
  'joseph joe joey',
  'joshua josh',
  'kenneth ken kenny',
  'lawrence larry lachie laurie',
  'lachlan lachie lochie',
  'margaret maggie meg peggy marge',
  'matthew matt matty',
  'michael mike mick mikey',
  'nicholas nick nico',
  'nicole nikki nicky',
  'patricia pat patty tricia trish',
  'patrick pat paddy',
  'peter pete',
  'philip phil phillip',
  'rebecca becky bec becca',
  'richard rick dick richie ricky',
  'robert bob rob bobby robbie',
  'samantha sam sammy',
  'samuel sam sammy',
  'sarah sally sara',
  'stephen steve steven stevie',
  'susan sue susie suzanne',
  'theodore theo ted teddy',
  'thomas tom tommy',
  'timothy tim timmy',
  'victoria vicky vicki tori',
  'william will bill billy liam',
  'zachary zach zack',
];

const rootsByForm = new Map<string, Set<string>>();
for (const line of families) {
  const forms = line.split(' ');
  for (const form of forms) {
    const roots = rootsByForm.get(form) ?? new Set<string>();
    rootsByForm.set(form, roots.add(forms[0] as string));
  }
}

/** Whether one given name is a usual short form of the other, or both are of a third. Folded spelling. */
export function areNicknames(a: string, b: string): boolean {
  const others = rootsByForm.get(b);
  return others !== undefined && [...(rootsByForm.get(a) ?? [])].some((root) => others.has(root));
}

/** Names that a given name may be a short form of; itself when it is none. In alphabetical order. */
export function nameRoots(name: string): readonly string[] {
  return [...(rootsByForm.get(name) ?? [name])].sort();
}
