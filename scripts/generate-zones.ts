import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Writes src/go/generated/zones.ts: how far each time zone is ahead of UTC, from 2019 to 2038. Names are those of the npm package
 * tzdata, offsets those of this Node.js (`process.versions.tz`).
 *
 * Use: npx tsx scripts/generate-zones.ts <out.ts> <folder of the package tzdata>
 */
const [outFile = '', folder = ''] = process.argv.slice(2)
if (folder === '') throw new Error('usage: generate-zones <out.ts> <folder of the package tzdata>')

const minute = 60_000
const hour = 60 * minute
const week = 7 * 24 * hour
const first = Date.UTC(2019, 0, 1)
const last = Date.UTC(2038, 0, 1)

// What the package's README says of its file.
const { zones, version } = JSON.parse(readFileSync(join(folder, 'timezone-data.json'), 'utf8')) as {
  readonly zones: Readonly<Record<string, unknown>>
  readonly version: string
}
const byHistory = new Map<string, string[]>()
const left: string[] = []
for (const name of Object.keys(zones).sort()) {
  const history = historyOf(name)
  if (history === undefined) left.push(name)
  else byHistory.set(history, [...(byHistory.get(history) ?? []), name])
}
if (left.length > 0) process.stdout.write(`not known to this Node.js: ${left.join(', ')}\n`)
writeFileSync(outFile, text())

/** `60 3hk0 120 4c8 60`: an offset in minutes, the minutes until the next in base 36, and so on. */
function historyOf(name: string): string | undefined {
  const offset = offsetsOf(name)
  if (offset === undefined) return undefined
  let [from, now] = [first, offset(first)]
  const parts = [String(now)]
  for (let at = first; at < last; at += week) {
    const next = offset(at + week)
    if (next === now) continue
    let [low, high] = [at, at + week]
    while (high - low > minute) {
      const middle = low + Math.floor((high - low) / minute / 2) * minute
      if (offset(middle) === now) low = middle
      else high = middle
    }
    parts.push(((high - from) / minute).toString(36), String(next))
    from = high
    now = next
  }
  return parts.join(' ')
}

function offsetsOf(name: string): ((at: number) => number) | undefined {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
    return (at) => {
      const told = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
      const [, sign = '+', hours = '0', minutes = '0'] = /^GMT(?:([+-])(\d+):(\d+))?/.exec(told) ?? []
      return (sign === '-' ? -1 : 1) * (60 * Number(hours) + Number(minutes)) || 0
    }
  } catch {
    return undefined
  }
}

function text(): string {
  const rows = [...byHistory].map(
    ([history, names]) => `  [${JSON.stringify(history)}, ${JSON.stringify(names.join(' '))}],\n`,
  )
  return `// Made by \`npm run generate zones\`: names of the IANA time zone database ${version}, offsets of ${process.versions.tz}.

/** Offsets from UTC in minutes, with the minutes between them in base 36, from 2019 on; and the zones that have them. */
export const zoneHistories: readonly (readonly [history: string, names: string])[] = [
${rows.join('')}]
`
}
