import { configMapNamesOf, secretNamesOf } from '../../../api/pod-references.ts'
import type { Pod } from '../../../api/types/core.ts'
import { flat, oneText } from '../../../kernel/flat-text.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import { objectKey } from '../../secrets/object-manager.ts'
import type { StateOfWorld } from '../../volumes/state-of-world.ts'
import { mountedNames } from '../../volumes/volume-manager.ts'
import type { PodManager } from '../pods/pod-manager.ts'

/** Which Pods read which objects at each of their syncs: for volumes that are mounted, and for pulls. */
export class ObjectReaders {
  readonly #kernel: Pick<Kernel, 'now'>
  readonly #pods: PodManager
  readonly #world: StateOfWorld
  /** Uids by object. Most objects have one reader, which stands for itself. */
  readonly #readers = new SparseMap<string, string | Set<string>>()

  constructor(kernel: Pick<Kernel, 'now'>, pods: PodManager, world: StateOfWorld) {
    this.#kernel = kernel
    this.#pods = pods
    this.#world = world
  }

  add(pod: Pod): void {
    const uid = pod.metadata.uid ?? ''
    for (const key of readKeys(pod)) {
      const readers = this.#readers.get(key)
      if (readers === undefined) this.#readers.set(oneText(key), uid)
      else if (typeof readers !== 'string') readers.add(uid)
      else if (readers !== uid) this.#readers.set(key, new Set([readers, uid]))
    }
  }

  remove(pod: Pod): void {
    for (const key of readKeys(pod)) {
      const uid = pod.metadata.uid ?? ''
      const readers = this.#readers.get(key)
      const isLast = readers === uid || (typeof readers === 'object' && readers.delete(uid) && readers.size === 0)
      if (isLast) this.#readers.delete(key)
    }
  }

  /**
   * Now, if any running Pod reads the object at each of its syncs: idle syncs are not carried out, so nobody is asked.
   */
  lastIdleRead(namespace: string, name: string): VirtualMs | undefined {
    for (const uid of [...this.of('Secret', namespace, name), ...this.of('ConfigMap', namespace, name)]) {
      const pulls = this.#pods.get(uid)?.spec.imagePullSecrets?.some((reference) => reference.name === name)
      if (pulls === true || this.#world.hasMountedVolumes(uid)) return this.#kernel.now()
    }
    return undefined
  }

  /** Uids of the Pods. */
  of(kind: 'Secret' | 'ConfigMap', namespace: string, name: string): Iterable<string> {
    const readers = this.#readers.get(keyOf(kind, namespace, name)) ?? []
    return typeof readers === 'string' ? [readers] : readers
  }
}

/** As the API server's graph of nodes writes it, so that both have one text. */
function keyOf(kind: 'Secret' | 'ConfigMap', namespace: string, name: string): string {
  return flat(`${kind === 'Secret' ? 'secret' : 'configMap'} ${objectKey(namespace, name)}`)
}

function readKeys(pod: Pod): readonly string[] {
  const namespace = pod.metadata.namespace ?? ''
  const mounted = mountedNames(pod)
  const volumes = (pod.spec.volumes ?? []).filter(({ name }) => mounted.includes(name))
  const { imagePullSecrets } = pod.spec
  const reduced: Pod = {
    ...pod,
    spec: { containers: [], volumes, ...(imagePullSecrets === undefined ? {} : { imagePullSecrets }) },
  }
  const secrets = secretNamesOf(reduced).map((name) => keyOf('Secret', namespace, name))
  const configMaps = configMapNamesOf(reduced).map((name) => keyOf('ConfigMap', namespace, name))
  return secrets.concat(configMaps)
}
