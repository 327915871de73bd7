import type { DelayParts, DelayRow, Lane } from '../../flow/flow.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Album } from './album.ts'

/** `80.6 s`, `0.1 s`, `5 min 3 s`: for people, to a tenth of a second. */
export function seconds(ms: VirtualMs): string {
  if (ms < 600_000) return `${(ms / 1000).toFixed(1)} s`
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
}

/** `00:02:15.5`: for axes. */
export function clock(ms: VirtualMs): string {
  const tenths = Math.max(0, Math.round(ms / 100))
  const pad = (n: number) => String(n).padStart(2, '0')
  const all = Math.floor(tenths / 10)
  return `${pad(Math.floor(all / 3600))}:${pad(Math.floor(all / 60) % 60)}:${pad(all % 60)}.${tenths % 10}`
}

/** `sync 80.5 + cache 81.0 + mount 0.1`: what an update waited for, in order; what rounds to nothing is left out. */
export function partsText(parts: DelayParts): string {
  return partsInOrder(parts)
    .filter(({ ms }) => ms >= 50)
    .map(({ name, ms }) => `${name} ${(ms / 1000).toFixed(1)}`)
    .join(' + ')
}

/**
 * The parts as they followed one another: where a node asks, the wait for the first sync comes before the age that the copy
 * had to reach; where it is told, the copy is there first.
 */
export function partsInOrder(
  parts: DelayParts,
): readonly { readonly name: 'cache' | 'sync' | 'mount'; readonly ms: VirtualMs }[] {
  const cache = { name: 'cache', ms: parts.toCacheMs } as const
  const sync = { name: 'sync', ms: parts.toSyncMs } as const
  const mount = { name: 'mount', ms: parts.toMountMs } as const
  return parts.isCacheLast ? [sync, cache, mount] : [cache, sync, mount]
}

/** What became of one change in one place. */
export function delayText(row: DelayRow): string {
  const { kind, visibleAt, updatedAt, parts, never, renewedAt, endedAt } = row
  if (kind === 'start') return `began with it, ${seconds((visibleAt ?? updatedAt) - updatedAt)} after it was written`
  if (never !== undefined) {
    const again = renewedAt === undefined ? '' : `; made anew at ${clock(renewedAt)}, it has it`
    const ended = endedAt === undefined ? '' : `; the Pod ended at ${clock(endedAt)}`
    return `never: ${never.reason}; until ${never.until}${again}${ended}`
  }
  if (visibleAt === undefined)
    return endedAt === undefined ? 'not yet' : `the Pod ended at ${clock(endedAt)} without it`
  const sum = parts === undefined ? '' : partsText(parts)
  return `${seconds(visibleAt - updatedAt)}${sum === '' ? '' : ` = ${sum}`}`
}

/** `mixed /etc/whole`, `mixed env PASSWORD`: a place of a row. */
export function placeText({ pod, way, where, container }: DelayRow): string {
  switch (way) {
    case 'volume':
      return `${pod} ${where}`
    case 'subPath':
      return `${pod} ${where} (subPath)`
    case 'env':
      return `${pod} env ${where}`
    case 'envFrom':
      return `${pod} env ${where}*`
    case 'pull':
      return `${pod} image pulls${container}`
  }
}

/** `user/admin` is a person; `kubelet/node-1` speaks for its node. */
export function actorText(actor: string): string {
  return actor.replace(/^user\//, '')
}

/** Before it is played. Which key of the player shows a pane is of no use elsewhere. */
export function watchText({ lesson }: Pick<Album, 'lesson'>): string {
  return lesson === undefined ? '' : `Watch for: ${lesson.watch.replace(/ \(\d\)/g, '')}`
}

/** After it; its keys are those of the player. */
export function nextText({ lesson }: Pick<Album, 'lesson'>): string {
  return lesson === undefined ? '' : `Try next, in the player: ${lesson.next}`
}

/** How deep a lane stands below its parents. */
export function depthOf(lane: Lane, lanes: readonly Lane[]): number {
  const parent = lanes.find(({ id }) => id === lane.parent)
  return parent === undefined ? 0 : 1 + depthOf(parent, lanes)
}
