import type { Container, Pod, Secret } from '../../api/types/core.ts'
import { goDuration } from '../../go/duration-text.ts'
import { goQuote } from '../../go/quote.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import { type Steps, wait } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { has } from '../../versions/changes.ts'
import { kubelet } from '../../versions/kubelet.ts'
import { factAt, type VersionedFact } from '../../versions/version.ts'
import type { StateFeed } from '../kubelet/state-feed.ts'
import type { ContainerRuntime, ImageRecord, PodSandboxConfig, RuntimeResult } from '../runtime/cri.ts'
import { withoutUnknownCode } from '../runtime/error-texts.ts'
import { aggregateErrors } from '../volumes/plugins/payload.ts'
import { dockerConfigOf } from './docker-config.ts'
import { applyDefaultImageTag, parseImageName } from './image-name.ts'
import { ImagePull } from './image-pull.ts'
import { PullLimiter, PullQueue } from './image-puller.ts'
import { type Credential, Keyring } from './keyring.ts'
import type { PullRecords } from './pull-records.ts'

/** How the event of a successful pull is worded. Source: image_manager.go; facts/kubelet.md 3.5. */
const pulledMessage: VersionedFact<'plain' | 'duration' | 'waiting' | 'size'> = {
  source: 'facts/kubelet.md 3.5',
  initially: 'plain',
  since: [
    [19, 'duration'],
    [23, 'waiting'],
    [30, 'size'],
  ],
}

export type ImageError =
  | 'ErrImagePull'
  | 'ImagePullBackOff'
  | 'ErrImageNeverPull'
  | 'InvalidImageName'
  | 'RegistryUnavailable'

export type EnsureImageResult =
  | { readonly ok: true; readonly image: ImageRecord }
  /** `message` is that of the container's waiting state. */
  | { readonly ok: false; readonly reason: ImageError; readonly message: string }

export interface ImageManagerOptions {
  readonly kernel: Kernel
  readonly runtime: ContainerRuntime
  readonly minor: number
  readonly event: (pod: Pod, container: Container, type: 'Normal' | 'Warning', reason: string, message: string) => void
  /** How many pulls run at once: 1 when serializeImagePulls, Infinity when nothing limits them. */
  readonly parallelPulls: number
  readonly registryPullQPS: number
  readonly registryBurst: number
  /** With gate KubeletEnsureSecretPulledImages: what the node remembers of its pulls. */
  readonly records?: PullRecords
  readonly feed?: StateFeed
}

export interface ImageManager {
  /** Where the pull of an image for a Pod stands; undefined: it was there, or is long forgotten. */
  pull(podUid: string, image: string): ImagePull | undefined
  /**
   * Makes sure that a container's image is on the node, or says why not (P1). Events are those of the image manager
   * itself; `Error: <reason>` comes from who starts the container.
   */
  ensureImageExists(pod: Pod, container: Container, pullSecrets: readonly Secret[]): Once<EnsureImageResult>
}

/** The kubelet's image manager. Source: pkg/kubelet/images/image_manager.go, EnsureImageExists; facts/kubelet.md 7. */
export function createImageManager(options: ImageManagerOptions): ImageManager {
  return new NodeImages(options)
}

/** A class: generators that are closures would keep their simulation alive (docs/decisions/0011-what-is-made-in-crowds.md). */
class NodeImages implements ImageManager {
  readonly #options: ImageManagerOptions
  readonly #queue: PullQueue
  readonly #limiter: PullLimiter
  readonly #pulls = new SparseMap<string, ImagePull>()

  constructor(options: ImageManagerOptions) {
    const { kernel, parallelPulls, registryPullQPS, registryBurst } = options
    this.#options = options
    this.#queue = new PullQueue(parallelPulls)
    this.#limiter = new PullLimiter(kernel, registryPullQPS, registryBurst)
  }

  pull(podUid: string, image: string): ImagePull | undefined {
    return this.#pulls.get(`${podUid}_${image}`)
  }

  ensureImageExists(pod: Pod, container: Container, pullSecrets: readonly Secret[]): Once<EnsureImageResult> {
    return process(this.#options.kernel, () => this.#ensure(pod, container, pullSecrets))
  }

  #pullOf(podUid: string, image: string): ImagePull {
    const key = `${podUid}_${image}`
    const known = this.#pulls.get(key)
    if (known !== undefined) return known
    const created = new ImagePull(podUid, image, this.#options.feed)
    this.#pulls.set(key, created)
    return created
  }

  #collectGarbage(): void {
    const now = this.#options.kernel.now()
    for (const [key, pull] of this.#pulls)
      if ((pull.state === 'present' || pull.state === 'ImagePullBackOff') && pull.isForgotten(now))
        this.#pulls.delete(key)
  }

  *#ensure(pod: Pod, container: Container, pullSecrets: readonly Secret[]): Steps<EnsureImageResult> {
    const { kernel, runtime, minor, event, records } = this.#options
    const name = container.image ?? ''
    const { uid = '' } = pod.metadata
    const tell = (type: 'Normal' | 'Warning', reason: string, message: string) =>
      event(pod, container, type, reason, message)
    const refused = (reason: ImageError, message: string): EnsureImageResult => ({ ok: false, reason, message })
    const tagged = applyDefaultImageTag(name, minor)
    if (!tagged.ok) {
      const message = `Failed to apply default image tag ${goQuote(name)}: ${tagged.message}`
      tell('Warning', 'InspectFailed', message)
      return refused('InvalidImageName', message)
    }
    const credentials = credentialsFor(tagged.image, pullSecrets)
    const present = runtime.imageStatus(tagged.image)
    const proven =
      present !== undefined && !(records?.mustPull(present.id, credentials.ok ? credentials.value : []) ?? false)
    const policy = container.imagePullPolicy ?? 'IfNotPresent'
    if (policy !== 'Always' && present !== undefined && proven) {
      const rest = records === undefined ? '' : ' and can be accessed by the pod'
      tell('Normal', 'Pulled', `Container image ${goQuote(name)} already present on machine${rest}`)
      this.pull(uid, name)?.send('present')
      return { ok: true, image: present }
    }
    if (policy === 'Never') {
      const message = `Container image ${goQuote(name)} is not present with pull policy of Never`
      tell('Warning', 'ErrImageNeverPull', message)
      this.#pullOf(uid, name).send('never')
      return refused('ErrImageNeverPull', message)
    }
    const pull = this.#pullOf(uid, name)
    if (pull.isBackingOff(kernel.now())) {
      const message = `Back-off pulling image ${goQuote(name)}`
      tell('Normal', 'BackOff', message)
      const isWhole = has(minor, kubelet.backOffTellsThePullError)
      return refused('ImagePullBackOff', isWhole ? `${message}: ErrImagePull: ${pull.error}` : message)
    }
    tell('Normal', 'Pulling', `Pulling image ${goQuote(name)}`)
    const askedAt = kernel.now()
    pull.send('pull.queued')
    const { begunAt, result } = yield* wait(
      this.#queue.run(process(kernel, () => this.#carryOut(pull, tagged.image, credentials, sandboxOf(pod)))),
    )
    if (!result.ok) {
      tell('Warning', 'Failed', `Failed to pull image ${goQuote(name)}: ${result.message}`)
      pull.fail(result.message, kernel.now())
      return refused('ErrImagePull', result.message)
    }
    const pulled = pulledText(minor, name, result.value, kernel.now() - begunAt, kernel.now() - askedAt)
    tell('Normal', 'Pulled', pulled)
    pull.send('pull.succeeded')
    this.#collectGarbage()
    return { ok: true, image: result.value }
  }

  /** Within the limits of the node's pulls. */
  *#carryOut(pull: ImagePull, image: string, credentials: FoundCredentials, pod: PodSandboxConfig): Steps<Pulled> {
    pull.send('pull.begun')
    const begunAt = this.#options.kernel.now()
    if (!this.#limiter.tryAccept()) return { begunAt, result: { ok: false, message: 'pull QPS exceeded' } }
    if (!credentials.ok) return { begunAt, result: credentials }
    return { begunAt, result: yield* pullWith(this.#options, image, credentials.value, pod) }
  }
}

/** Tries the matching credentials one after the other, or none at all. Source: kuberuntime_image.go, PullImage. */
function* pullWith(
  { runtime, records, minor }: ImageManagerOptions,
  image: string,
  credentials: readonly Credential<Secret>[],
  pod: PodSandboxConfig,
): Steps<RuntimeResult<ImageRecord>> {
  const errors: string[] = []
  const tries = credentials.length === 0 ? [undefined] : credentials
  for (const credential of tries) {
    const given = credential && { username: credential.username, password: credential.password }
    const result = yield* wait(runtime.pullImage(image, given, pod))
    if (result.ok) {
      records?.add(result.value.id, credential)
      return result
    }
    errors.push(has(minor, kubelet.pullErrorsWithoutUnknownCode) ? withoutUnknownCode(result.message) : result.message)
  }
  return { ok: false, message: aggregateErrors(errors) ?? '' }
}

/** A pull that had its turn. */
interface Pulled {
  readonly begunAt: VirtualMs
  readonly result: RuntimeResult<ImageRecord>
}

type FoundCredentials = RuntimeResult<readonly Credential<Secret>[]>

function credentialsFor(image: string, secrets: readonly Secret[]): FoundCredentials {
  const keyring = new Keyring<Secret>()
  for (const secret of secrets) {
    const config = dockerConfigOf(secret)
    if (!config.ok) return { ok: false, message: config.error }
    keyring.add(config.entries, secret)
  }
  const parsed = parseImageName(image)
  return { ok: true, value: parsed.ok ? keyring.lookup(parsed.repository) : [] }
}

function pulledText(minor: number, name: string, image: ImageRecord, pullMs: VirtualMs, wholeMs: VirtualMs): string {
  const message = `Successfully pulled image ${goQuote(name)}`
  switch (factAt(pulledMessage, minor)) {
    case 'plain':
      return message
    case 'duration':
      return `${message} in ${goDuration(wholeMs)}`
    case 'waiting':
      return `${message} in ${goDuration(pullMs)} (${goDuration(wholeMs)} including waiting)`
    case 'size':
      return `${message} in ${goDuration(pullMs)} (${goDuration(wholeMs)} including waiting). Image size: ${image.sizeBytes} bytes.`
  }
}

function sandboxOf({ metadata }: Pod): PodSandboxConfig {
  return { podUid: metadata.uid ?? '', podName: metadata.name, podNamespace: metadata.namespace ?? '', attempt: 0 }
}
