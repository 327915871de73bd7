/**
 * Chance of a count that is as unlikely as this one or more so, where each of `tries` comes with chance `share` by itself: the exact
 * two-sided binomial test (all counts that are not likelier than the one found).
 */
export function binomialProbability(found: number, tries: number, share: number): number {
  const logs = logFactorials(tries)
  const log = (at: number) => logs[at] ?? 0
  const chances = Array.from({ length: tries + 1 }, (_, count) =>
    Math.exp(
      log(tries) -
        log(count) -
        log(tries - count) +
        (count === 0 ? 0 : count * Math.log(share)) +
        (count === tries ? 0 : (tries - count) * Math.log(1 - share)),
    ),
  )
  const own = chances[found] ?? 0
  // Equal ones must count, whatever the last bit of a logarithm.
  return Math.min(
    1,
    chances.filter((chance) => chance <= own * (1 + 1e-9)).reduce((sum, chance) => sum + chance, 0),
  )
}

function logFactorials(most: number): readonly number[] {
  const logs = [0]
  for (let n = 1; n <= most; n++) logs.push((logs[n - 1] ?? 0) + Math.log(n))
  return logs
}
