import type { Secret } from '../../api/types/core.ts'
import { digestOf } from '../../kernel/digest.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import type { Credential } from './keyring.ts'

/** With what an image was pulled that is now on the node. */
interface PullRecord {
  /** Without credentials, or with the node's own: every Pod may use it. */
  isOpen: boolean
  readonly secrets: Set<string>
  readonly hashes: Set<string>
}

/**
 * Which credentials gave a node which images (gate KubeletEnsureSecretPulledImages). Kept on the node's disk: it survives
 * the kubelet. Source: pkg/kubelet/images/pullmanager/image_pull_manager.go; facts/kubelet.md 7.6.
 */
export class PullRecords {
  readonly #records = new SparseMap<string, PullRecord>()

  /** `credential` undefined: pulled anonymously. */
  add(image: string, credential: Credential<Secret> | undefined): void {
    const record = this.#records.get(image) ?? { isOpen: false, secrets: new Set(), hashes: new Set() }
    this.#records.set(image, record)
    if (credential === undefined) record.isOpen = true
    else {
      record.secrets.add(identityOf(credential.source))
      record.hashes.add(hashOf(credential))
    }
  }

  /**
   * Whether a Pod with these credentials must prove them by a pull although the image is there. Images that no kubelet
   * pulled are free for all (policy NeverVerifyPreloadedImages, the default).
   */
  mustPull(image: string, credentials: readonly Credential<Secret>[]): boolean {
    const record = this.#records.get(image)
    if (record === undefined || record.isOpen) return false
    return !credentials.some((each) => record.secrets.has(identityOf(each.source)) || record.hashes.has(hashOf(each)))
  }
}

function identityOf({ metadata }: Secret): string {
  return `${metadata.uid}/${metadata.namespace}/${metadata.name}`
}

function hashOf({ username, password }: Credential): string {
  return digestOf(`${username}\0${password}`)
}
