/**
 * Largest distance between the distribution functions of two samples. Source: two-sample Kolmogorov-Smirnov test; equal
 * values are stepped over together.
 */
export function ksDistance(a: readonly number[], b: readonly number[]): number {
  const left = [...a].sort((x, y) => x - y)
  const right = [...b].sort((x, y) => x - y)
  let i = 0
  let j = 0
  let distance = 0
  while (i < left.length && j < right.length) {
    const value = Math.min(left[i] ?? 0, right[j] ?? 0)
    while (i < left.length && (left[i] ?? 0) <= value) i++
    while (j < right.length && (right[j] ?? 0) <= value) j++
    distance = Math.max(distance, Math.abs(i / left.length - j / right.length))
  }
  return distance
}

/** Chance that two samples of one distribution differ by at least this much (asymptotic, with Stephens' correction). */
export function ksProbability(a: readonly number[], b: readonly number[]): number {
  const effective = Math.sqrt((a.length * b.length) / (a.length + b.length))
  const lambda = (effective + 0.12 + 0.11 / effective) * ksDistance(a, b)
  // The series does not converge there; samples that lie so close are of one distribution.
  if (lambda < 0.2) return 1
  let sum = 0
  for (let k = 1; k <= 100; k++) sum += (k % 2 === 1 ? 2 : -2) * Math.exp(-2 * k * k * lambda * lambda)
  return Math.min(1, Math.max(0, sum))
}
