import type { Observable } from 'rxjs'
import type { Pod } from '../../../api/types/core.ts'
import { Source } from '../../../kernel/source.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { ConfigNews } from './kubelet-news.ts'
import { staticPodOf } from './static-pods.ts'

/** The Pods of the node's own manifests. Source: pkg/kubelet/config/file.go. */
export class StaticPodSource {
  readonly #pods = new SparseMap<string, Pod>()
  readonly #changes = new Source<ConfigNews>()
  readonly #nodeName: string
  readonly #facts: KubeletFacts
  readonly #refused: (manifest: Pod, message: string) => void
  #isTelling = false

  constructor(nodeName: string, facts: KubeletFacts, refused: (manifest: Pod, message: string) => void) {
    this.#nodeName = nodeName
    this.#facts = facts
    this.#refused = refused
  }

  get changes(): Observable<ConfigNews> {
    return this.#changes
  }

  /** Tells of those that are there, and from now on of what changes. */
  start(): void {
    this.#isTelling = true
    if (this.#pods.size > 0) this.#tell({ source: 'config', change: 'added', pods: [...this.#pods.values()] })
  }

  /** These are the manifests now. */
  set(manifests: readonly Pod[]): void {
    const wanted = new Map<string, Pod>()
    for (const manifest of manifests) {
      const made = staticPodOf(manifest, this.#nodeName, this.#facts)
      if (made.ok) wanted.set(made.pod.metadata.uid ?? '', made.pod)
      else this.#refused(manifest, made.message)
    }
    for (const [uid, pod] of this.#pods) {
      if (wanted.has(uid)) continue
      this.#pods.delete(uid)
      this.#tell({ source: 'config', change: 'removed', pod })
    }
    for (const [uid, pod] of wanted) {
      if (this.#pods.has(uid)) continue
      this.#pods.set(uid, pod)
      this.#tell({ source: 'config', change: 'added', pods: [pod] })
    }
  }

  #tell(news: ConfigNews): void {
    if (this.#isTelling) this.#changes.next(news)
  }
}
