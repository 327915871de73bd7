/** ms in a second. */
const second = 1000

/** `10s`, `1m20s`, `5m0s`: whole seconds as Go's Duration prints them. */
export function goSeconds(ms: number): string {
  const seconds = Math.floor(ms / second)
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.floor(seconds / 60)
  const rest = `${minutes % 60}m${seconds % 60}s`
  return minutes < 60 ? rest : `${Math.floor(minutes / 60)}h${rest}`
}

/** `500ms`, `1s`, `1m4s`, `2m2s`: a Go Duration of whole ms. */
export function goDuration(ms: number): string {
  if (ms < second) return ms === 0 ? '0s' : `${ms}ms`
  if (ms % second === 0) return goSeconds(ms)
  // Digits, not a sum: 6 + 0.56 has more of them than it should.
  const digits = String(ms % second)
    .padStart(3, '0')
    .replace(/0+$/, '')
  return goSeconds(ms).replace(/s$/, `.${digits}s`)
}
