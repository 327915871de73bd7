/** `npm run soak`: each property is tried as often as it takes to be sure. */
const areAllTried = process.env.PODSIM_TRIES === 'all'

/**
 * How many cases of a property a test tries: `all` where there is time, otherwise the first eighth of them, two at least; `dear`
 * ones, each of which is hours of several clusters, one.
 */
export function tries(all: number, dear?: 'dear'): number {
  return areAllTried ? all : Math.max(dear === undefined ? 2 : 1, Math.ceil(all / 8))
}
