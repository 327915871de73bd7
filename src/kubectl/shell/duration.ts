/** Seconds of `1.5`, `2m`, `1h`, as sleep and timeout take them; NaN for anything else. */
export function secondsOf(text: string): number {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text)
  if (match === null) return Number.NaN
  return Number(match[1]) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[match[2] || 's'] ?? 1)
}
