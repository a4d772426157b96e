import type { CompiledSort } from '../query/sort.js';
import type { Candidate } from './planner.js';

/** How an index gives a wanted order. */
export interface IndexOrder {
  isReverse: boolean;
  /** The scans of several points have to be merged; otherwise reading them one after the other is enough. */
  isMerge: boolean;
}

/** The way an index delivers `sort`, or undefined when it can not. */
export function orderOf(candidate: Candidate, sort: CompiledSort): IndexOrder | undefined {
  if (!candidate.isOrderReliable) return undefined;
  const directions = new Set(sort.keys.map((key) => key.direction));
  if (directions.size !== 1) return undefined;
  const isReverse = directions.has(-1);
  const wanted = sort.keys.map((key) => key.path);
  // The order of an array field is not the order of its elements' index entries.
  if (wanted.some((path) => candidate.multikey.has(path))) return undefined;
  const paths = candidate.paths.at(-1) === '_id' ? candidate.paths : [...candidate.paths, '_id'];
  const isFixed = (position: number): boolean => candidate.points[position]?.length === 1;
  if (follows(paths, wanted, 0, isFixed)) return { isReverse, isMerge: false };
  const afterPoints = candidate.points.length;
  const open = wanted.filter((path) => {
    const position = paths.indexOf(path);
    return position < 0 || position >= afterPoints || !isFixed(position);
  });
  if (afterPoints > 0 && follows(paths, open, afterPoints, isFixed)) return { isReverse, isMerge: true };
  return undefined;
}

/** The wanted paths stand in the index in this order from `start` on; paths with one fixed value may be passed over. */
function follows(
  paths: readonly string[],
  wanted: readonly string[],
  start: number,
  isFixed: (position: number) => boolean,
): boolean {
  let position = start;
  for (const path of wanted) {
    const earlier = paths.indexOf(path);
    if (earlier >= 0 && earlier < position && isFixed(earlier)) continue;
    while (position < paths.length && paths[position] !== path && isFixed(position)) position++;
    if (paths[position] !== path) return false;
    position++;
  }
  return true;
}
