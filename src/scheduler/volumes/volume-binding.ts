import type { Node, Pod } from '../../api/types/core.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types/storage.ts'
import { volumeAnnotations, withAnnotation } from '../../api/volume-annotations.ts'
import { boundVolume } from '../../api/volume-matching.ts'
import { type Client, resources } from '../../client/client.ts'
import { keyOf } from '../../client/informer.ts'
import { errorText } from '../../client/refusals.ts'
import { goQuote } from '../../go/quote.ts'
import { after } from '../../kernel/after.ts'
import { Bell } from '../../kernel/bell.ts'
import { firstOf } from '../../kernel/first-of.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { attempt, type Steps, sleep, wait } from '../../kernel/steps.ts'
import { minute, second, type VirtualMs } from '../../kernel/time.ts'
import { factAt } from '../../versions/version.ts'
import { uidOf } from '../pod-facts.ts'
import { preBindWords } from '../version-facts.ts'
import { isFullyBound, isReachable, type PodClaims } from './pod-claims.ts'
import type { StorageView } from './storage-view.ts'

/** Source: pkg/scheduler/apis/config/v1beta1/defaults.go, BindTimeoutSeconds; volumebinding/binder.go, BindPodVolumes. */
const bindTimeoutMs: VirtualMs = 10 * minute
const pollMs: VirtualMs = second

/** What it is given. `nodeOf`: as the scheduler knows it. */
export interface VolumeBindingOptions {
  readonly kernel: Kernel
  readonly client: Client
  readonly minor: number
  readonly view: StorageView
  readonly nodeOf: (name: string) => Node | undefined
}

/** What was written for a Pod, in the versions that the API server answered with. */
interface Reserved {
  readonly volumes: PersistentVolume[]
  readonly claims: PersistentVolumeClaim[]
}

/** Carries out what was decided for a Pod's claims. Source: volumebinding/volume_binding.go, Reserve and PreBind; binder.go. */
export class VolumeBinding {
  readonly #options: VolumeBindingOptions
  readonly #news = new Bell()
  /** Pods whose claims are being bound. */
  readonly #binding = new Set<string>()

  constructor(options: VolumeBindingOptions) {
    this.#options = options
  }

  /** A claim or a volume is another. */
  changed(): void {
    this.#news.ring()
  }

  podGone(pod: Pod): void {
    if (this.#binding.delete(uidOf(pod))) this.#news.ring()
  }

  /**
   * Undefined when nothing is to be done; else what is done before the Pod is bound: it answers the error or undefined. From now on
   * the volumes are taken.
   */
  reserve(pod: Pod, claims: PodClaims, node: string): (() => Steps<string | undefined>) | undefined {
    const { bindings, provisions } = claims.decision(node)
    if (bindings.length + provisions.length === 0) return undefined
    const { view } = this.#options
    const reserved: Reserved = {
      volumes: bindings.map(({ claim, volume }) => boundVolume(volume, claim)),
      claims: provisions.map((claim) => withAnnotation(claim, volumeAnnotations.selectedNode, node)),
    }
    for (const volume of reserved.volumes) view.assumeVolume(volume)
    for (const claim of reserved.claims) view.assumeClaim(claim)
    const wanting = bindings.map(({ claim }) => claim)
    return () => this.#bind(pod, node, reserved, wanting)
  }

  *#bind(
    pod: Pod,
    node: string,
    reserved: Reserved,
    wanting: readonly PersistentVolumeClaim[],
  ): Steps<string | undefined> {
    const uid = uidOf(pod)
    const words = factAt(preBindWords, this.#options.minor)
    this.#binding.add(uid)
    const refused = yield* this.#write(reserved)
    const error = refused ?? (yield* this.#awaitBound(pod, node, reserved, wanting, words))
    this.#binding.delete(uid)
    if (error === undefined) return undefined
    this.#options.view.restore([...reserved.volumes, ...reserved.claims])
    return words.failed(pod, error)
  }

  /** Source: bindAPIUpdate. */
  *#write({ volumes, claims }: Reserved): Steps<string | undefined> {
    const { client } = this.#options
    for (const [at, volume] of volumes.entries()) {
      const reply = yield* attempt(client.update(resources.persistentVolumes, volume))
      if (!reply.ok) return errorText(reply.error)
      volumes[at] = reply.value
    }
    for (const [at, claim] of claims.entries()) {
      const reply = yield* attempt(client.update(resources.persistentVolumeClaims, claim))
      if (!reply.ok) return errorText(reply.error)
      claims[at] = reply.value
    }
    return undefined
  }

  /** Looks every second; what happens in between is seen at the next of these instants. */
  *#awaitBound(
    pod: Pod,
    node: string,
    reserved: Reserved,
    wanting: readonly PersistentVolumeClaim[],
    words: { readonly binding: string; readonly timeout: string },
  ): Steps<string | undefined> {
    const { kernel } = this.#options
    const began = kernel.now()
    const endAt = began + bindTimeoutMs
    for (let next = began + pollMs; ; next = began + Math.ceil((kernel.now() - began) / pollMs) * pollMs) {
      yield* sleep(next - kernel.now())
      const verdict = this.#verdict(pod, node, reserved, wanting)
      if (verdict === 'bound') return undefined
      if (verdict !== 'waits') return words.binding + verdict.problem
      if (kernel.now() >= endAt) return words.binding + words.timeout
      yield* wait(firstOf<unknown>(after(kernel, endAt - kernel.now()), this.#news))
    }
  }

  /** Source: checkBindings. It asks what the API server told, not what was decided. */
  #verdict(
    pod: Pod,
    nodeName: string,
    { volumes, claims }: Reserved,
    wanting: readonly PersistentVolumeClaim[],
  ): 'bound' | 'waits' | { readonly problem: string } {
    const node = this.#options.nodeOf(nodeName)
    if (node === undefined)
      return { problem: `failed to get node ${goQuote(nodeName)}: node ${goQuote(nodeName)} not found` }
    if (!this.#binding.has(uidOf(pod))) {
      return { problem: `pod does not exist any more: pod ${goQuote(pod.metadata.name)} not found` }
    }
    for (const volume of volumes) {
      const told = this.#volume(volume.metadata.name)
      if (told === undefined) return { problem: `failed to check binding: ${missing('PersistentVolume', volume)}` }
      if (isOlder(told, volume)) return 'waits'
      const problem = affinityProblem(told, node)
      if (problem !== undefined) return { problem }
      if (!told.spec?.claimRef?.uid) return { problem: `ClaimRef got reset for pv ${goQuote(volume.metadata.name)}` }
    }
    for (const claim of claims) {
      const told = this.#claim(claim)
      const missed = 'failed to check provisioning pvc'
      if (told === undefined) return { problem: `${missed}: ${missing('PersistentVolumeClaim', claim)}` }
      if (isOlder(told, claim)) return 'waits'
      const { name, annotations } = told.metadata
      if (annotations === undefined) return { problem: `selectedNode annotation reset for PVC ${goQuote(name)}` }
      if (annotations[volumeAnnotations.selectedNode] !== nodeName) {
        return { problem: `provisioning failed for PVC ${goQuote(name)}` }
      }
      const volume = told.spec?.volumeName ? this.#volume(told.spec.volumeName) : undefined
      const problem = volume && affinityProblem(volume, node)
      if (problem !== undefined) return { problem }
    }
    const all = [...wanting, ...claims].map((claim) => this.#claim(claim))
    return all.every((claim) => claim !== undefined && isFullyBound(claim)) ? 'bound' : 'waits'
  }

  #claim({ metadata }: PersistentVolumeClaim): PersistentVolumeClaim | undefined {
    return this.#options.view.told.claims.get(metadata.namespace, metadata.name)
  }

  #volume(name: string): PersistentVolume | undefined {
    return this.#options.view.told.volumes.get(undefined, name)
  }
}

function affinityProblem(volume: PersistentVolume, node: Node): string | undefined {
  if (isReachable(volume, node)) return undefined
  const [pv, on] = [goQuote(volume.metadata.name), goQuote(node.metadata.name)]
  return `pv ${pv} node affinity doesn't match node ${on}: no matching NodeSelectorTerms`
}

type Versioned = PersistentVolume | PersistentVolumeClaim

/** Source: assume_cache.go, errNotFound. */
function missing(kind: string, object: Versioned): string {
  return `could not find v1.${kind} ${goQuote(keyOf(object))}`
}

function isOlder(told: Versioned, written: Versioned): boolean {
  return Number(told.metadata.resourceVersion) < Number(written.metadata.resourceVersion)
}
