import type { Pod, Volume } from '../../../api/types/core.ts'
import type { RateLimiter } from '../../../client/rate-limiter.ts'
import type { ReadKey, UnseenReader, UnseenReads } from '../../../client/unseen-reads.ts'
import { type Grid, gridAfter } from '../../../kernel/grid.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { ObjectManager, UnseenGet } from '../../secrets/object-manager.ts'
import type { StateOfWorld } from '../../volumes/state-of-world.ts'
import { mountedNames, type VolumeManager } from '../../volumes/volume-manager.ts'
import type { VolumeUse } from '../../volumes/volume-use.ts'
import type { PodManager } from '../pods/pod-manager.ts'
import type { IdleRest, WorkQueue } from './work-queue.ts'

/** What a kubelet's idle syncs have to do with. */
export interface PollParts {
  readonly queue: WorkQueue
  readonly pods: PodManager
  readonly world: StateOfWorld
  readonly volumes: VolumeManager
  readonly secrets: ObjectManager
  readonly configMaps: ObjectManager
}

/** What of a kubelet is settled before its parts are made. */
export interface PollOptions {
  readonly kernel: Kernel
  /** Undefined: every sync is carried out. */
  readonly reads: UnseenReads | undefined
  readonly limiter: Pick<RateLimiter, 'takeAt' | 'giveBack'>
  readonly sync: Grid
  readonly populator: Grid
  readonly reconciler: Grid
  /** The longest time from one sync of a Pod to the next. */
  readonly longestMs: VirtualMs
  /** Each sync drops what its Pod has cached (v1.22 to v1.28). */
  readonly registersEachSync: boolean
}

/** A Pod that rests: what each refresh of its volumes reads, in order. */
interface RestingPod {
  readonly pod: Pod
  readonly volumes: readonly { readonly use: VolumeUse; readonly reads: readonly ReadKey[] }[]
  /** The last sync that was not carried out. */
  askedAt: VirtualMs | undefined
}

/** Refreshes of Pods that the populator has seen, at the reconciler's next pass. */
interface Pass {
  readonly at: VirtualMs
  readonly populatedAt: VirtualMs
  readonly uids: string[]
}

/** A refresh of a volume that waits for its turn at the API server. */
interface Refresh {
  readonly uid: string
  readonly use: VolumeUse
  readonly reads: readonly ReadKey[]
  next: number
  reading: (UnseenGet & { readonly kind: 'read' }) | undefined
  dueAt: VirtualMs
}

/**
 * Idle syncs with the strategies Cache and Get: each reads the objects of its Pod's volumes. While each would find what the one
 * before found they are not carried out; when something changes or somebody looks, what they would have asked and cached is
 * reckoned up in the order in which it would have come to pass: syncs at their ticks, refreshes at the passes of populator
 * and reconciler, readings when the limit of requests lets them.
 */
export class IdlePolls implements IdleRest, UnseenReader {
  readonly #options: PollOptions
  #parts: PollParts | undefined
  readonly #resting = new SparseMap<string, RestingPod>()
  /** Uids by the slot of their tick: there are as many as a sync can be ahead, and a few more. */
  readonly #slots = new SparseMap<number, string[]>()
  readonly #slotCount: number
  /** The next tick that is not reckoned up. */
  #tick: VirtualMs = 0
  #passes: Pass[] = []
  #refreshes: Refresh[] = []
  #isHindered = false
  #isCatchingUp = false
  #requests = 0

  constructor(options: PollOptions) {
    this.#options = options
    this.#slotCount = Math.ceil(options.longestMs / options.sync.periodMs) + 3
  }

  /** The parts are made after those that ask it to catch up. */
  serve(parts: PollParts): void {
    this.#parts = parts
  }

  /** Requests that were not carried out. */
  get requests(): number {
    this.catchUp()
    return this.#requests
  }

  /** Whether the Pod's next syncs would find what this one found. */
  mayRest(pod: Pod): boolean {
    const { reads } = this.#options
    if (reads === undefined || this.#isHindered || (pod.spec.imagePullSecrets?.length ?? 0) > 0) return false
    const volumes = this.#volumesOf(pod)
    return volumes?.every(({ use, reads: keys }) => use.state === 'mounted' && isCurrent(use, keys, reads)) ?? false
  }

  join(uid: string, tick: VirtualMs): void {
    const { kernel, sync, reads } = this.#options
    const pod = this.#parts?.pods.get(uid)
    const volumes = pod && this.#volumesOf(pod)
    if (pod === undefined || volumes === undefined) return
    if (this.#resting.size === 0) this.#tick = gridAfter(sync, kernel.now())
    this.catchUp()
    this.#resting.set(uid, { pod, volumes, askedAt: undefined })
    this.#slotAt(tick).push(uid)
    for (const { reads: keys } of volumes) for (const key of keys) reads?.expect(key, this)
  }

  leave(uid: string): void {
    const resting = this.#resting.get(uid)
    if (resting === undefined) return
    this.#resting.delete(uid)
    for (const slot of this.#slots.values()) {
      const at = slot.indexOf(uid)
      if (at >= 0) slot.splice(at, 1)
    }
    this.#forgetReads(resting)
    this.#carryOn(uid, resting)
  }

  written(key: ReadKey): void {
    const { queue } = this.#parts ?? {}
    for (const [uid, { volumes }] of [...this.#resting])
      if (volumes.some(({ reads }) => reads.some((read) => isSame(read, key)))) queue?.wantSync(uid)
  }

  /** All syncs are carried out again, in the order in which they are due. */
  disturbed(): void {
    this.catchUp()
    const first = this.#slotIndex(this.#tick)
    const uids: string[] = []
    for (let i = 0; i < this.#slotCount; i++) uids.push(...(this.#slots.get((first + i) % this.#slotCount) ?? []))
    for (const uid of uids) this.#parts?.queue.wantSync(uid)
  }

  /** Something is in the way between the node and the API server: called before, and when it is gone. */
  setHindered(isHindered: boolean): void {
    this.#isHindered = isHindered
    if (isHindered) this.disturbed()
  }

  catchUp(): void {
    if (this.#isCatchingUp || (this.#resting.size === 0 && this.#refreshes.length === 0)) return
    this.#isCatchingUp = true
    const now = this.#options.kernel.now()
    for (;;) {
      const refreshAt = this.#refreshes[0]?.dueAt ?? Number.POSITIVE_INFINITY
      const passAt = this.#passes[0]?.at ?? Number.POSITIVE_INFINITY
      if (Math.min(refreshAt, passAt, this.#tick) > now) break
      if (refreshAt <= passAt && refreshAt <= this.#tick) this.#goOn()
      else if (passAt <= this.#tick) this.#reconcile()
      else this.#sync()
    }
    this.#isCatchingUp = false
  }

  /** The syncs of one tick. */
  #sync(): void {
    const { sync, populator, reconciler, registersEachSync } = this.#options
    const tick = this.#tick
    this.#tick += sync.periodMs
    const index = this.#slotIndex(tick)
    const uids = this.#slots.get(index)
    if (uids === undefined) return
    this.#slots.delete(index)
    const { queue, secrets, configMaps } = this.#parts ?? {}
    for (const uid of uids) {
      const resting = this.#resting.get(uid)
      if (resting === undefined) continue
      resting.askedAt = tick
      if (registersEachSync) {
        secrets?.registerUnseen?.(resting.pod)
        configMaps?.registerUnseen?.(resting.pod)
      }
      this.#slotAt(queue?.passed(uid, tick) ?? tick).push(uid)
    }
    const populatedAt = gridAfter(populator, tick)
    this.#passes.push({ at: gridAfter(reconciler, populatedAt), populatedAt, uids })
  }

  #reconcile(): void {
    const pass = this.#passes.shift()
    for (const uid of pass?.uids ?? [])
      for (const { use, reads } of this.#resting.get(uid)?.volumes ?? [])
        this.#read({ uid, use, reads, next: 0, reading: undefined, dueAt: pass?.at ?? 0 })
  }

  /** The refresh whose turn it is has its answer, or looks again. */
  #goOn(): void {
    const refresh = this.#refreshes.shift()
    if (refresh === undefined) return
    if (refresh.reading !== undefined) {
      refresh.reading.arrive()
      refresh.reading = undefined
      refresh.next++
    }
    this.#read(refresh)
  }

  #read(refresh: Refresh): void {
    const { limiter } = this.#options
    for (let key = refresh.reads[refresh.next]; key !== undefined; key = refresh.reads[refresh.next]) {
      const at = refresh.dueAt
      const manager = key.kind === 'Secret' ? this.#parts?.secrets : this.#parts?.configMaps
      const got = manager?.getUnseen?.(key.namespace, key.name, at, (time) => limiter.takeAt(time))
      if (got?.kind === 'busy') {
        this.#waitUntil(got.until, refresh)
        return
      }
      if (got?.kind === 'read') {
        this.#requests++
        if (got.doneAt > at) {
          refresh.reading = got
          this.#waitUntil(got.doneAt, refresh)
          return
        }
        got.arrive()
      }
      refresh.next++
    }
  }

  /** Behind all that are due then. */
  #waitUntil(time: VirtualMs, refresh: Refresh): void {
    refresh.dueAt = time
    let at = this.#refreshes.length
    while (at > 0 && (this.#refreshes[at - 1]?.dueAt ?? 0) > time) at--
    this.#refreshes.splice(at, 0, refresh)
  }

  /** What is not over of the Pod's last sync is carried out from now on. */
  #carryOn(uid: string, { askedAt }: RestingPod): void {
    if (askedAt === undefined) return
    const { volumes } = this.#parts ?? {}
    const pass = this.#passes.find(({ uids }) => uids.includes(uid))
    if (pass !== undefined) pass.uids.splice(pass.uids.indexOf(uid), 1)
    const isPopulated = pass !== undefined && pass.populatedAt <= this.#options.kernel.now()
    volumes?.goOnFrom(uid, askedAt, pass === undefined ? 'done' : isPopulated ? 'reconciler' : 'populator')
    const open = this.#refreshes.filter((refresh) => refresh.uid === uid)
    this.#refreshes = this.#refreshes.filter((refresh) => refresh.uid !== uid)
    for (const { reading } of open) {
      if (reading === undefined) continue
      // It takes its token anew.
      reading.undo()
      this.#requests--
      this.#options.limiter.giveBack()
    }
    for (const { use } of open) volumes?.refreshNow(use)
  }

  #forgetReads({ volumes }: RestingPod): void {
    for (const { reads } of volumes)
      for (const read of reads) {
        const isRead = [...this.#resting.values()].some((other) =>
          other.volumes.some((volume) => volume.reads.some((key) => isSame(key, read))),
        )
        if (!isRead) this.#options.reads?.forget(read, this)
      }
  }

  /** Undefined: some volume is not there, or what it reads can't be said. */
  #volumesOf(pod: Pod): RestingPod['volumes'] | undefined {
    const { world, secrets, configMaps } = this.#parts ?? {}
    if (secrets?.getUnseen === undefined || configMaps?.getUnseen === undefined) return undefined
    const mounted = mountedNames(pod)
    const found: { readonly use: VolumeUse; readonly reads: readonly ReadKey[] }[] = []
    for (const volume of pod.spec.volumes ?? []) {
      if (!mounted.includes(volume.name)) continue
      const use = world?.use(pod.metadata.uid ?? '', volume.name)
      if (use === undefined) return undefined
      const reads = readsOf(pod, volume)
      if (reads.length > 0) found.push({ use, reads })
    }
    return found
  }

  #slotIndex(tick: VirtualMs): number {
    const { phaseMs, periodMs } = this.#options.sync
    return ((tick - phaseMs) / periodMs) % this.#slotCount
  }

  #slotAt(tick: VirtualMs): string[] {
    const index = this.#slotIndex(tick)
    const known = this.#slots.get(index)
    if (known !== undefined) return known
    const slot: string[] = []
    this.#slots.set(index, slot)
    return slot
  }
}

/** The objects that each refresh of a volume reads, in order. */
function readsOf({ metadata: { namespace = '' } }: Pod, { secret, configMap, projected }: Volume): readonly ReadKey[] {
  if (secret !== undefined) return [{ kind: 'Secret', namespace, name: secret.secretName ?? '' }]
  if (configMap !== undefined) return [{ kind: 'ConfigMap', namespace, name: configMap.name ?? '' }]
  return (projected?.sources ?? []).flatMap((source): readonly ReadKey[] => {
    if (source.secret !== undefined) return [{ kind: 'Secret', namespace, name: source.secret.name ?? '' }]
    return source.configMap === undefined ? [] : [{ kind: 'ConfigMap', namespace, name: source.configMap.name ?? '' }]
  })
}

function isCurrent({ sources }: VolumeUse, keys: readonly ReadKey[], reads: UnseenReads): boolean {
  return keys.every((key) => {
    const source = sources.find(({ kind, name }) => kind === key.kind && name === key.name)
    return source !== undefined && source.resourceVersion === reads.versionOf(key)
  })
}

function isSame(a: ReadKey, b: ReadKey): boolean {
  return a.name === b.name && a.kind === b.kind && a.namespace === b.namespace
}
