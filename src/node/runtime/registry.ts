import type { VirtualMs } from '../../kernel/time.ts'
import { commonImages, unknownImage } from '../../shell/catalogue.ts'
import type { ImageDefinition } from '../../shell/program.ts'
import { splitImage } from '../images/image-name.ts'
import type { RegistryCredential } from './cri.ts'
import { type PullFailure, pullErrorText, type RuntimeKind } from './error-texts.ts'

export type PullOutcome =
  | { readonly ok: true; readonly image: ImageDefinition }
  /** Without the prefix that gRPC puts before it; `code` where it is not Unknown. */
  | { readonly ok: false; readonly message: string; readonly code?: 'NotFound' }

/** Where images come from: all registries that a node can reach. */
export interface Registry {
  /** How long a pull takes; asked when it begins. Of an image that the node has, the registry is asked for the manifest and nothing else. */
  pullMs(image: string, isPresent: boolean): VirtualMs
  /** What it comes to; asked when it ends. `image` has a tag or digest. */
  pull(image: string, credential: RegistryCredential | undefined): PullOutcome
  /** Images that are on every node before anything was pulled. */
  preloaded(image: string): ImageDefinition | undefined
}

export interface PrivateRepository {
  /** Host, or host and path, that the repository's name must begin with: `ghcr.io`, `registry.example.com/team`. */
  readonly prefix: string
  /** `any`: which are right is not known, so all are taken to be. */
  readonly credentials: readonly RegistryCredential[] | 'any'
}

export interface RegistryOptions {
  readonly runtime: RuntimeKind
  /** Beside those of the catalogue, which they replace. */
  readonly images?: readonly ImageDefinition[]
  /** Names, with tag, of images that are on every node. */
  readonly preloaded?: readonly string[]
  /** Repositories that need credentials; the longest matching prefix counts. */
  readonly privateRepositories?: readonly PrivateRepository[]
  /** Images (with or without tag), or hosts, that exist nowhere. */
  readonly absent?: readonly string[]
  /** Whether an image that nobody described can be pulled; it then runs until it is stopped. If not, its host need not exist either. */
  readonly servesUnknown?: boolean
  /** Whether programs of such an image are not taken to do their duty. */
  readonly isStrict?: boolean
  /** Time that a pull takes before the first byte. */
  readonly latencyMs?: VirtualMs
  readonly bytesPerSecond?: number
}

export interface SimulatedRegistry extends Registry {
  /** Who may have an image, where not everybody may. */
  privateRepository(image: string): PrivateRepository | undefined
  /** Takes the registry of a host (`docker.io` for short names) away, or brings it back. */
  setReachable(host: string, reachable: boolean): void
  addImage(definition: ImageDefinition): void
  setCredentials(repository: PrivateRepository): void
}

/** Stands for all registries. */
export const everyHost = '*'

/** Registries that everybody can reach. */
const publicHosts: ReadonlySet<string> = new Set(
  'docker.io quay.io ghcr.io gcr.io k8s.gcr.io registry.k8s.io mcr.microsoft.com public.ecr.aws'.split(' '),
)

/** A pull over a good line: 50 MB/s after a handshake of 300 ms. */
const defaultLatencyMs = 300
const defaultBytesPerSecond = 50_000_000
/** After which the runtime gives up on a registry that does not answer. Source: moby registry client, 15 s. */
const unreachableMs = 15_000

/** Registries with public and private images, outages, and pulls that take as long as the image is large (P1). */
export function createRegistry(options: RegistryOptions): SimulatedRegistry {
  const { runtime, servesUnknown = true, isStrict = false, latencyMs = defaultLatencyMs } = options
  const bytesPerSecond = options.bytesPerSecond ?? defaultBytesPerSecond
  const images = new Map(
    [...commonImages(isStrict), ...(options.images ?? [])].map((each) => [normal(each.repository), each]),
  )
  const secured = new Map((options.privateRepositories ?? []).map((each) => [normalPrefix(each.prefix), each]))
  const absent = new Set((options.absent ?? []).map(normal))
  const absentHosts = new Set((options.absent ?? []).filter(isHostName))
  const preloaded = new Set((options.preloaded ?? []).map(normal))
  const unreachable = new Set<string>()

  const isUnreachable = (name: string) => unreachable.has(hostOf(name)) || unreachable.has(everyHost)
  const isAbsent = (name: string) => absent.has(normal(name)) || absent.has(repositoryOf(name))
  /** Of a repository that is known, only the tag may be missing. */
  const isKnownRepository = (name: string) =>
    [...images.keys(), ...absent].some(
      (each) => repositoryOf(each) === repositoryOf(name) && !absent.has(repositoryOf(name)),
    )
  const hasNoAddress = (host: string) =>
    absentHosts.has(host) ||
    (!servesUnknown &&
      !publicHosts.has(host) &&
      ![...images.keys(), ...secured.keys()].some((each) => hostOf(each) === host))
  const find = (name: string): ImageDefinition | undefined => {
    const known = images.get(normal(name)) ?? images.get(repositoryOf(name))
    if (known !== undefined || !servesUnknown) return known
    return unknownImage(repositoryOf(name), isStrict)
  }
  const guard = (name: string): PrivateRepository | undefined => {
    const repository = `${repositoryOf(name)}/`
    const matching = [...secured].filter(([prefix]) => repository.startsWith(prefix))
    return matching.sort(([a], [b]) => b.length - a.length)[0]?.[1]
  }
  const fail = (name: string, failure: PullFailure): PullOutcome => ({
    ok: false,
    // Source: containerd pkg/errdefs, ToGRPC: ErrNotFound has a code of its own; users' reports have no other.
    ...(runtime !== 'docker' && failure === 'absent' ? { code: 'NotFound' as const } : {}),
    message: pullErrorText(runtime, failure, { image: name, full: normal(name), host: hostOf(name) }),
  })

  return {
    pullMs(name, isPresent) {
      if (hasNoAddress(hostOf(name))) return latencyMs
      if (isUnreachable(name)) return unreachableMs
      const size = isPresent || isAbsent(name) ? 0 : (find(name)?.sizeBytes ?? 0)
      return latencyMs + Math.ceil((size * 1000) / bytesPerSecond)
    },
    pull(name, credential) {
      if (hasNoAddress(hostOf(name))) return fail(name, 'no such host')
      if (isUnreachable(name)) return fail(name, 'unreachable')
      const guarded = guard(name)
      if (guarded !== undefined) {
        if (credential === undefined) return fail(name, 'denied')
        const { username, password } = credential
        const fits =
          guarded.credentials === 'any' ||
          guarded.credentials.some((each) => each.username === username && each.password === password)
        if (!fits) return fail(name, 'unauthorized')
      }
      const found = isAbsent(name) ? undefined : find(name)
      if (found !== undefined) return { ok: true, image: found }
      // Docker Hub tells nobody whether a repository exists that it would not show.
      return fail(name, isKnownRepository(name) || hostOf(name) !== 'docker.io' ? 'absent' : 'denied')
    },
    // One that was given without tag stands for all tags.
    preloaded: (name) => (preloaded.has(normal(name)) || preloaded.has(repositoryOf(name)) ? find(name) : undefined),
    setReachable(host, reachable) {
      if (reachable) unreachable.delete(host)
      else unreachable.add(host)
    },
    privateRepository: guard,
    addImage: (definition) => void images.set(normal(definition.repository), definition),
    setCredentials: (repository) => void secured.set(normalPrefix(repository.prefix), repository),
  }
}

/** `docker.io/library/busybox:1.31` of `busybox:1.31`. */
function normal(name: string): string {
  return splitImage(name).full
}

/** With a slash behind it, so that `team` is not the beginning of `teammates`; a host stays one. */
function normalPrefix(prefix: string): string {
  return isHostName(prefix) ? `${prefix}/` : `${repositoryOf(prefix)}/`
}

function isHostName(name: string): boolean {
  return /^(localhost|[^/:]*\.[^/:]*)(:\d+)?$/.test(name)
}

function repositoryOf(name: string): string {
  return splitImage(name).repository
}

function hostOf(name: string): string {
  return splitImage(name).host
}
