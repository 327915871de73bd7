import type { Secret } from '../api/types/core.ts'
import type { StoreEvent } from '../apiserver/store.ts'
import type { VirtualMs } from '../kernel/time.ts'

/** One content that a Secret had. */
export interface SecretRevision {
  readonly revision: number
  readonly uid: string
  readonly secret: Secret
  readonly at: VirtualMs
}

/** All that a Secret of this name ever was. */
export interface SecretStory {
  readonly namespace: string
  readonly name: string
  /** Oldest first. */
  readonly revisions: SecretRevision[]
  exists: boolean
  /** When it came or went last. */
  changedAt: VirtualMs
}

/** What every Secret was at every time, from the writes to the store. */
export class SecretHistory {
  readonly #stories = new Map<string, SecretStory>()
  readonly #byName = new Map<string, Set<SecretStory>>()
  readonly #now: () => VirtualMs

  constructor(now: () => VirtualMs) {
    this.#now = now
  }

  written({ type, object }: StoreEvent): void {
    const { namespace = '', name, uid = '', resourceVersion } = object.metadata
    let story = this.#stories.get(secretKey(namespace, name))
    if (story === undefined) {
      story = { namespace, name, revisions: [], exists: false, changedAt: 0 }
      this.#stories.set(secretKey(namespace, name), story)
      const same = this.#byName.get(name) ?? new Set()
      this.#byName.set(name, same.add(story))
    }
    story.exists = type !== 'DELETED'
    story.changedAt = this.#now()
    if (!story.exists) return
    // The store's collection says what it is.
    story.revisions.push({ revision: Number(resourceVersion), uid, secret: object as Secret, at: this.#now() })
  }

  get(namespace: string, name: string): SecretStory | undefined {
    return this.#stories.get(secretKey(namespace, name))
  }

  /** Those of the same name in other namespaces. */
  namesakes(namespace: string, name: string): readonly SecretStory[] {
    return [...(this.#byName.get(name) ?? [])].filter((story) => story.namespace !== namespace)
  }
}

export function secretKey(namespace: string, name: string): string {
  return `${namespace}/${name}`
}
