import type { Pod } from '../../../api/types/core.ts'
import type { RateLimiter } from '../../../client/rate-limiter.ts'
import { type ReadKey, textOf, type UnseenReader, type UnseenReads } from '../../../client/unseen-reads.ts'
import { type Grid, gridAfter } from '../../../kernel/grid.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { ObjectManager, UnseenGet } from '../../secrets/object-manager.ts'
import type { StateOfWorld } from '../../volumes/state-of-world.ts'
import { mountedNames, type VolumeManager } from '../../volumes/volume-manager.ts'
import type { VolumeUse } from '../../volumes/volume-use.ts'
import type { PodManager } from '../pods/pod-manager.ts'
import type { TokenManager } from '../token-manager.ts'
import { isSameKey, type Reading, readsOf } from './idle-reads.ts'
import { keysOf, type LateWriting, type Pass, type ReadingVolume, type Refresh, type RestingPod } from './idle-rows.ts'
import type { StaleContent } from './stale-content.ts'
import type { IdleRest, WorkQueue } from './work-queue.ts'

/** What a kubelet's idle syncs have to do with. */
export interface PollParts {
  readonly queue: WorkQueue
  readonly pods: PodManager
  readonly world: StateOfWorld
  readonly volumes: VolumeManager
  readonly secrets: ObjectManager
  readonly configMaps: ObjectManager
  readonly tokens: TokenManager
  readonly stale: StaleContent
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

/**
 * Idle syncs that ask the API server: with the strategies Cache and Get each reads the objects of its Pod's volumes, and with any
 * strategy it asks for tokens that are old. While each would find what the one
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
  readonly #written = new SparseMap<VolumeUse, LateWriting>()
  /** How many Pods that rest read each object. */
  readonly #counts = new SparseMap<string, number>()
  /** What was found of a Pod that is about to come to rest. */
  #found: { readonly pod: Pod; readonly volumes: RestingPod['volumes']; readonly event: number } | undefined
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
    if (reads === undefined || this.#isHindered) return false
    if (this.readsObjects && (pod.spec.imagePullSecrets?.length ?? 0) > 0) return false
    const volumes = this.#volumesOf(pod)
    if (volumes === undefined || (!this.readsObjects && volumes.length === 0)) return false
    this.#found = { pod, volumes, event: this.#options.kernel.events }
    return volumes.every(
      ({ use, reads: each }) =>
        use.state === 'mounted' && each.every((read) => this.#isCurrent(use, read, reads)) && this.#mayRenew(use, each),
    )
  }

  /** Whether what the Pod's syncs ask for is reckoned up. */
  looksAfter(uid: string): boolean {
    return this.#resting.has(uid)
  }

  /** It is from now on, if the Pod is idle and it can be. */
  mayComeToRest(pod: Pod): boolean {
    return this.mayRest(pod) && this.#parts?.queue.comeToRest(pod.metadata.uid ?? '', this) === true
  }

  join(uid: string, tick: VirtualMs): void {
    const { kernel, sync, reads } = this.#options
    const pod = this.#parts?.pods.get(uid)
    const found = this.#found
    this.#found = undefined
    const isFound = found !== undefined && found.pod === pod && found.event === kernel.events
    const volumes = isFound ? found.volumes : pod && this.#volumesOf(pod)
    if (pod === undefined || volumes === undefined) return
    if (this.#resting.size === 0) this.#tick = gridAfter(sync, kernel.now())
    this.catchUp()
    this.#resting.set(uid, { pod, volumes, tick, askedAt: undefined })
    this.#slotAt(tick).push(uid)
    for (const key of keysOf(volumes)) {
      const text = textOf(key)
      const count = this.#counts.get(text) ?? 0
      this.#counts.set(text, count + 1)
      if (count === 0) reads?.expect(key, this)
    }
    for (const { use } of volumes) this.#parts?.stale.forget(use)
  }

  leave(uid: string, isWanted: boolean): void {
    const resting = this.#resting.get(uid)
    if (resting === undefined) return
    this.#resting.delete(uid)
    const slot = this.#slots.get(this.#slotIndex(resting.tick)) ?? []
    const at = slot.indexOf(uid)
    if (at >= 0) slot.splice(at, 1)
    this.#forgetReads(resting)
    this.#carryOn(uid, resting)
    // A sync that comes sees for itself that a token is old.
    if (isWanted) return
    for (const { use } of resting.volumes)
      if (use.staleAt !== undefined) this.#parts?.stale.willBeStale(use, use.staleAt)
  }

  written(key: ReadKey): void {
    for (const [uid, { volumes }] of [...this.#resting])
      if (keysOf(volumes).some((read) => isSameKey(read, key))) this.#wake(uid)
  }

  /** All syncs are carried out again, in the order in which they are due. */
  disturbed(): void {
    this.catchUp()
    const first = this.#slotIndex(this.#tick)
    const uids: string[] = []
    for (let i = 0; i < this.#slotCount; i++) uids.push(...(this.#slots.get((first + i) % this.#slotCount) ?? []))
    for (const uid of uids) this.#wake(uid)
  }

  /** Syncs that read objects are all carried out; of others those that are wanted, as ever. */
  #wake(uid: string): void {
    if (this.readsObjects) this.#parts?.queue.wantSync(uid)
    else this.#parts?.queue.catchUp(uid)
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
    for (const [use, { at, reservation }] of this.#written) use.plugin.renewal?.write(use, at, reservation)
    this.#written.clear()
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
    const asking: string[] = []
    for (const uid of uids) {
      const resting = this.#resting.get(uid)
      if (resting === undefined) continue
      resting.askedAt = tick
      if (registersEachSync) {
        secrets?.registerUnseen?.(resting.pod)
        configMaps?.registerUnseen?.(resting.pod)
      }
      resting.tick = queue?.passed(uid, tick) ?? tick
      this.#slotAt(resting.tick).push(uid)
      if (this.readsObjects || resting.volumes.some(({ use }) => (use.staleAt ?? tick) < tick)) asking.push(uid)
    }
    if (asking.length === 0) return
    const populatedAt = gridAfter(populator, tick)
    this.#passes.push({ at: gridAfter(reconciler, populatedAt), populatedAt, uids: asking })
  }

  #reconcile(): void {
    const pass = this.#passes.shift()
    for (const uid of pass?.uids ?? [])
      for (const { use, reads } of this.#resting.get(uid)?.volumes ?? [])
        this.#read({ uid, use, reads, next: 0, reading: undefined, dueAt: pass?.at ?? 0, isRenewed: false })
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
    for (let read = refresh.reads[refresh.next]; read !== undefined; read = refresh.reads[refresh.next]) {
      const at = refresh.dueAt
      const got = this.#get(refresh, read, at)
      if (got?.kind === 'busy') {
        this.#waitUntil(got.until, refresh)
        return
      }
      if (got?.kind === 'read') {
        this.#requests++
        refresh.reading = got
        this.#waitUntil(got.doneAt, refresh)
        return
      }
      refresh.next++
    }
    if (refresh.isRenewed) this.#renewed(refresh)
  }

  #get(refresh: Refresh, read: Reading, at: VirtualMs): UnseenGet | undefined {
    const { limiter } = this.#options
    const { secrets, configMaps, tokens } = this.#parts ?? {}
    if (read.kind !== 'Token') {
      const manager = read.kind === 'Secret' ? secrets : configMaps
      return manager?.getUnseen?.(read.namespace, read.name, at, (time) => limiter.takeAt(time))
    }
    const { pod } = refresh.use
    const staleAt = tokens?.staleAt(pod, read.request) ?? 0
    if (at < staleAt) {
      // Another volume of the Pod may have asked for it.
      if ((refresh.use.staleAt ?? 0) <= at) refresh.isRenewed = true
      return undefined
    }
    const doneAt = at + limiter.takeAt(at)
    const arrive = () => {
      tokens?.renewUnseen(pod, read.request, doneAt, read.ground)
      refresh.isRenewed = true
    }
    return { kind: 'read', doneAt, arrive, undo: () => {} }
  }

  /** Tokens of a volume are others since the refresh had its last answer. */
  #renewed({ use, reads, dueAt }: Refresh): void {
    const reservation = use.plugin.renewal?.reserve(use, dueAt)
    if (reservation !== undefined) this.#written.set(use, { at: dueAt, reservation })
    const ends = reads.map((read) =>
      read.kind === 'Token' ? this.#parts?.tokens.staleAt(use.pod, read.request) : undefined,
    )
    use.staleAt = Math.min(...ends.filter((end) => end !== undefined))
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
    for (const key of keysOf(volumes)) {
      const text = textOf(key)
      const count = (this.#counts.get(text) ?? 1) - 1
      if (count > 0) this.#counts.set(text, count)
      else {
        this.#counts.delete(text)
        this.#options.reads?.forget(key, this)
      }
    }
  }

  /** With the strategy Watch objects come by themselves. */
  get readsObjects(): boolean {
    return this.#parts?.secrets.strategy !== 'Watch'
  }

  /** Undefined: some volume is not there, or what it reads can't be said. */
  #volumesOf(pod: Pod): RestingPod['volumes'] | undefined {
    const { world, secrets, configMaps, tokens } = this.#parts ?? {}
    const isKnown = secrets?.getUnseen !== undefined && configMaps?.getUnseen !== undefined
    if (!isKnown && this.readsObjects) return undefined
    const mounted = mountedNames(pod)
    const found: ReadingVolume[] = []
    for (const volume of pod.spec.volumes ?? []) {
      if (!mounted.includes(volume.name)) continue
      const use = world?.use(pod.metadata.uid ?? '', volume.name)
      if (use === undefined) return undefined
      const reads = readsOf(pod, volume, () => tokens?.groundOf(pod))
      if (reads === undefined) return undefined
      const asked = this.readsObjects ? reads : reads.filter(({ kind }) => kind === 'Token')
      if (asked.length > 0) found.push({ use, reads: asked })
    }
    return found
  }

  #isCurrent(use: VolumeUse, read: Reading, reads: UnseenReads): boolean {
    if (read.kind === 'Token') {
      const staleAt = this.#parts?.tokens.staleAt(use.pod, read.request)
      const now = this.#options.kernel.now()
      return staleAt !== undefined && now < staleAt && now < (use.staleAt ?? 0)
    }
    const source = use.sources.find(({ kind, name }) => kind === read.kind && name === read.name)
    return source !== undefined && source.resourceVersion === reads.versionOf(read)
  }

  #mayRenew(use: VolumeUse, reads: readonly Reading[]): boolean {
    return !reads.some(({ kind }) => kind === 'Token') || use.plugin.renewal?.may(use) === true
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
