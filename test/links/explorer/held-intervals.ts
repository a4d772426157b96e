const real = { setInterval: globalThis.setInterval, clearInterval: globalThis.clearInterval };

/**
 * Takes over intervals while histories run: the lease of a worker that died would be renewed for ever, and that of one
 * that lives never runs out while the clock stands still. Returns how to give them back.
 */
export function holdIntervals(): () => void {
  const never = { unref: () => never };
  Object.assign(globalThis, { setInterval: () => never, clearInterval: () => {} });
  return () => Object.assign(globalThis, real);
}
