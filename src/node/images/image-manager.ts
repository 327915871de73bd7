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
import type { ImageSource } from '../volumes/plugins/image-volume.ts'
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
  /** A pull Secret cannot be read; the reason of the container's waiting state is the message itself. */
  | 'PullSecretError'

export type EnsureImageResult =
  | { readonly ok: true; readonly image: ImageRecord }
  /** `message` is that of the container's waiting state. */
  | { readonly ok: false; readonly reason: ImageError; readonly message: string }

export interface ImageManagerOptions {
  readonly kernel: Kernel
  readonly runtime: ContainerRuntime
  readonly minor: number
  /** `container` undefined: the image is that of a volume. */
  readonly event: (
    pod: Pod,
    container: Container | undefined,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
  ) => void
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
  /** The same of an image that is a volume. */
  ensureVolumeExists(pod: Pod, image: ImageSource, pullSecrets: readonly Secret[]): Once<EnsureImageResult>
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
    const { image: reference = '', imagePullPolicy: pullPolicy = 'IfNotPresent' } = container
    const tell: Tell = (...told) => this.#options.event(pod, container, ...told)
    return process(this.#options.kernel, () => this.#ensure(pod, { reference, pullPolicy }, pullSecrets, tell))
  }

  ensureVolumeExists(pod: Pod, image: ImageSource, pullSecrets: readonly Secret[]): Once<EnsureImageResult> {
    const tell: Tell = (...told) => this.#options.event(pod, undefined, ...told)
    return process(this.#options.kernel, () => this.#ensure(pod, image, pullSecrets, tell))
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

  /** 1. the name, 2. is it there, 3. may the Pod use it, 4. the pull. */
  *#ensure(
    pod: Pod,
    { reference: name, pullPolicy: policy }: ImageSource,
    pullSecrets: readonly Secret[],
    tell: Tell,
  ): Steps<EnsureImageResult> {
    const { runtime, minor, records } = this.#options
    const { uid = '' } = pod.metadata
    const tagged = applyDefaultImageTag(name, minor) // 1
    if (!tagged.ok) {
      const message = `Failed to apply default image tag ${goQuote(name)}: ${tagged.message}`
      tell('Warning', 'InspectFailed', message)
      return refused('InvalidImageName', message)
    }
    const present = policy === 'Always' ? undefined : runtime.imageStatus(tagged.image) // 2
    const credentials = (): FoundCredentials => credentialsFor(tagged.image, pullSecrets, minor)
    const mustProve = present && (records?.mustPull(name, present.id, credentials) ?? { ok: true, value: false }) // 3
    if (mustProve?.ok === false) return refused('PullSecretError', mustProve.message)
    if (present !== undefined && mustProve?.value === false) {
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
    const found = credentials()
    if (!found.ok && has(minor, kubelet.readsPullSecretsFirst)) return refused('PullSecretError', found.message)
    return yield* this.#pull(pod, { name, image: tagged.image, credentials: found, tell }) // 4
  }

  /** Source: image_manager.go, pullImage. */
  *#pull(pod: Pod, { name, image, credentials, tell }: PullRequest): Steps<EnsureImageResult> {
    const { kernel, minor } = this.#options
    const pull = this.#pullOf(pod.metadata.uid ?? '', name)
    if (pull.isBackingOff(kernel.now())) {
      const message = `Back-off pulling image ${goQuote(name)}`
      tell('Normal', 'BackOff', message)
      const isWhole = has(minor, kubelet.backOffTellsThePullError)
      return refused('ImagePullBackOff', isWhole ? `${message}: ErrImagePull: ${pull.error}` : message)
    }
    tell('Normal', 'Pulling', `Pulling image ${goQuote(name)}`)
    const askedAt = kernel.now()
    pull.send('pull.queued')
    this.#options.records?.pullBegins(name)
    const { begunAt, result, credential } = yield* wait(
      this.#queue.run(process(kernel, () => this.#carryOut(pull, image, credentials, sandboxOf(pod)))),
    )
    if (!result.ok) {
      this.#options.records?.pullFailed(name)
      tell('Warning', 'Failed', `Failed to pull image ${goQuote(name)}: ${result.message}`)
      pull.fail(result.message, kernel.now())
      return refused('ErrImagePull', result.message)
    }
    this.#options.records?.pulled(name, result.value.id, credential)
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
    return { begunAt, ...(yield* pullWith(this.#options, image, credentials.value, pod)) }
  }
}

/** Tries the matching credentials one after the other, or none at all. Source: kuberuntime_image.go, PullImage. */
function* pullWith(
  { runtime, minor }: ImageManagerOptions,
  image: string,
  credentials: readonly Credential<Secret>[],
  pod: PodSandboxConfig,
): Steps<Omit<Pulled, 'begunAt'>> {
  const errors: string[] = []
  const tries = credentials.length === 0 ? [undefined] : credentials
  for (const credential of tries) {
    const given = credential && { username: credential.username, password: credential.password }
    const result = yield* wait(runtime.pullImage(image, given, pod))
    if (result.ok) return { result, ...(credential === undefined ? {} : { credential }) }
    errors.push(has(minor, kubelet.pullErrorsWithoutUnknownCode) ? withoutUnknownCode(result.message) : result.message)
  }
  return { result: { ok: false, message: aggregateErrors(errors) ?? '' } }
}

/** An image that has to be pulled. */
interface PullRequest {
  /** As the container says it. */
  readonly name: string
  /** With its tag. */
  readonly image: string
  readonly credentials: FoundCredentials
  readonly tell: Tell
}

type Tell = (type: 'Normal' | 'Warning', reason: string, message: string) => void

function refused(reason: ImageError, message: string): EnsureImageResult {
  return { ok: false, reason, message }
}

/** A pull that had its turn. */
interface Pulled {
  readonly begunAt: VirtualMs
  readonly result: RuntimeResult<ImageRecord>
  /** That opened the registry; undefined: none was asked for. */
  readonly credential?: Credential<Secret>
}

type FoundCredentials = RuntimeResult<readonly Credential<Secret>[]>

function credentialsFor(image: string, secrets: readonly Secret[], minor: number): FoundCredentials {
  const keyring = new Keyring<Secret>()
  for (const secret of secrets) {
    const config = dockerConfigOf(secret, minor)
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
