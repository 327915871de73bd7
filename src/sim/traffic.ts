import type { Journal } from '../kernel/journal.ts'
import type { SecretTraffic } from './sim.ts'

/** What nodes asked of the API server for one Secret, counted from the journal (I3, S1, S5). Wants the journal `full`. */
export function secretTraffic(journal: Journal, namespace: string, name: string): SecretTraffic {
  const nodes = new Map<string, { node: string; gets: number; lists: number; watches: number; openWatches: number }>()
  for (const { type, detail } of journal.records) {
    if (!type.startsWith('request.') || detail === undefined) continue
    if (detail.resource !== 'secrets' || detail.name !== name || detail.namespace !== namespace) continue
    const node = nodeOf(String(detail.user ?? ''))
    if (node === undefined) continue
    let counts = nodes.get(node)
    if (counts === undefined) {
      counts = { node, gets: 0, lists: 0, watches: 0, openWatches: 0 }
      nodes.set(node, counts)
    }
    if (type === 'request.get') counts.gets++
    else if (type === 'request.list') counts.lists++
    else if (type === 'request.watch') {
      counts.watches++
      counts.openWatches++
    } else if (type === 'request.watch-closed') counts.openWatches--
  }
  return { nodes: [...nodes.values()].sort((a, b) => (a.node < b.node ? -1 : 1)) }
}

function nodeOf(user: string): string | undefined {
  const prefix = 'system:node:'
  return user.startsWith(prefix) ? user.slice(prefix.length) : undefined
}
