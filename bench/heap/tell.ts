import { type Owner, ownersOf, totalsOf } from './owners.ts'
import { readSnapshot } from './snapshot.ts'

/** `node tell.mjs FILE PODS LEAST`: the owners of a heap as a tree; bytes a Pod with all below, of the owner alone, how many a Pod, the way to it. */
const [file = '', pods = '1', least = '100'] = process.argv.slice(2)
const root = ownersOf(readSnapshot(file))
const totals = totalsOf(root)
tell(root, 0)

function tell(owner: Owner, depth: number): void {
  if (bytes(owner) < Number(least)) return
  // What has but one part that counts is told in a line with it.
  let [last, way] = [owner, owner.label]
  for (;;) {
    const [only, ...others] = [...last.parts.values()].filter((part) => bytes(part) >= Number(least))
    if (only === undefined || others.length > 0 || bytes(only) < 0.97 * bytes(last)) break
    last = only
    way += ` ${only.label}`
  }
  const [self, count] = [last.bytes / Number(pods), last.count / Number(pods)]
  const counted = `${Math.round(bytes(owner))} (alone ${Math.round(self)}, ${count.toFixed(2)})`
  process.stdout.write(`${'  '.repeat(depth)}${counted} ${way}\n`)
  for (const part of [...last.parts.values()].sort((a, b) => bytes(b) - bytes(a))) tell(part, depth + 1)
}

/** Of one Pod. */
function bytes(owner: Owner): number {
  return (totals.get(owner) ?? 0) / Number(pods)
}
