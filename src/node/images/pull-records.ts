import type { Secret } from '../../api/types/core.ts'
import { digestOf } from '../../kernel/digest.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import type { RuntimeResult } from '../runtime/cri.ts'
import { splitImage } from './image-name.ts'
import type { Credential } from './keyring.ts'

/** Who may use an image under one name: everybody, or Pods that show one of these. */
interface Access {
  isOpen: boolean
  /** What the credentials of a Secret hash to, by the Secret. */
  readonly secrets: Map<string, string>
}

/** With so many Secrets nothing that only matched is added. Source: image_pull_manager.go, writeRecordWhileMatchingLimit. */
const matchingLimit = 100

/**
 * Which credentials gave a node which images (gate KubeletEnsureSecretPulledImages), and which pulls are under way. Kept on the
 * node's disk: it survives the kubelet. Source: pkg/kubelet/images/pullmanager/image_pull_manager.go; facts/kubelet.md 7.6.
 */
export class PullRecords {
  /** By the runtime's id of an image, then by the repository that Pods name. */
  readonly #pulled = new SparseMap<string, Map<string, Access>>()
  /** How many pulls of an image are under way; 0: one was as the last kubelet ended. */
  readonly #intents = new SparseMap<string, number>()

  /** A kubelet starts: what is there of the pulls that the last one left is known, and who may use it is not. Source: initialize. */
  kubeletStarts(idOf: (image: string) => string | undefined): void {
    for (const image of [...this.#intents.keys()]) {
      const id = idOf(image)
      if (id === undefined) this.#intents.set(image, 0)
      else {
        this.#record(id)
        this.#intents.delete(image)
      }
    }
  }

  /** `image`: as the container names it. Source: RecordPullIntent. */
  pullBegins(image: string): void {
    this.#intents.set(image, (this.#intents.get(image) ?? 0) + 1)
  }

  /** Source: RecordImagePullFailed. */
  pullFailed(image: string): void {
    const others = (this.#intents.get(image) ?? 0) - 1
    if (others > 0) this.#intents.set(image, others)
    else this.#intents.delete(image)
  }

  /** `credential` undefined: pulled anonymously, so everybody may use it from now on. Source: RecordImagePulled. */
  pulled(image: string, id: string, credential: Credential<Secret> | undefined): void {
    const record = this.#record(id)
    const repository = repositoryOf(image)
    const access = record.get(repository) ?? { isOpen: false, secrets: new Map() }
    record.set(repository, access)
    if (credential === undefined) {
      access.isOpen = true
      access.secrets.clear()
    } else if (!access.isOpen) access.secrets.set(coordinatesOf(credential.source), hashOf(credential))
    this.pullFailed(image)
  }

  /**
   * Whether somebody who is to use an image that is there must pull it to prove that they may: images that no kubelet pulled are free
   * for all (policy NeverVerifyPreloadedImages, the default). Known is who shows a Secret or what is in one that was
   * known before; then what they show is known from now on. `credentials` is asked only if it matters. Source:
   * MustAttemptImagePull; kubernetes pull request 133114.
   */
  mustPull(
    image: string,
    id: string,
    credentials: () => RuntimeResult<readonly Credential<Secret>[]>,
  ): RuntimeResult<boolean> {
    const record = this.#pulled.get(id)
    if (record === undefined) return { ok: true, value: this.#intents.has(image) }
    const access = record.get(repositoryOf(image))
    if (access === undefined || access.isOpen) return { ok: true, value: access === undefined }
    const shown = credentials()
    return shown.ok ? { ok: true, value: !shown.value.some((credential) => isKnown(access, credential)) } : shown
  }

  /** Images were removed: who may use those that are gone is forgotten. Source: PruneUnknownRecords. */
  keepOnly(ids: ReadonlySet<string>): void {
    for (const id of [...this.#pulled.keys()]) if (!ids.has(id)) this.#pulled.delete(id)
  }

  #record(id: string): Map<string, Access> {
    const record = this.#pulled.get(id) ?? new Map<string, Access>()
    this.#pulled.set(id, record)
    return record
  }
}

function isKnown({ secrets }: Access, credential: Credential<Secret>): boolean {
  const coordinates = coordinatesOf(credential.source)
  const hash = hashOf(credential)
  const hasRoom = secrets.size < matchingLimit
  const isSameSecret = secrets.has(coordinates) && hasRoom
  if (!isSameSecret && ![...secrets.values()].includes(hash)) return false
  if (hasRoom) secrets.set(coordinates, hash)
  return true
}

/** Of `busybox:1.31`, `docker.io/library/busybox`. Source: trimImageTagDigest. */
function repositoryOf(image: string): string {
  return splitImage(image).repository
}

function coordinatesOf({ metadata }: Secret): string {
  return `${metadata.uid}/${metadata.namespace}/${metadata.name}`
}

/** Source: pkg/credentialprovider/keyring.go, hashAuthConfig: of all that a config says. */
function hashOf({ username, password, email = '' }: Credential): string {
  return digestOf(`${username}\0${password}\0${email}`)
}
