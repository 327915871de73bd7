import { allContainerStatuses } from '../../api/pod-references.ts'
import type { KubeletContext } from './context.ts'
import type { KubeletRef, StateView } from './kubelet-options.ts'

/** Where an object of a running kubelet stands. `kubeletState`: that of the kubelet's own machine. */
export function inspect(context: KubeletContext, kubeletState: string, ref: KubeletRef): StateView | undefined {
  const { workers, volumes, secrets, queue, podRuntime } = context
  switch (ref.kind) {
    case 'kubelet':
      return { machine: 'kubelet', state: kubeletState, detail: {} }
    case 'pod': {
      const worker = workers.get(ref.uid)
      if (worker === undefined) return undefined
      return { machine: 'podWorker', state: worker.state, detail: { nextSyncAt: queue.nextSyncAt(ref.uid) } }
    }
    case 'volume': {
      const use = volumes.use(ref.uid, ref.volume)
      if (use === undefined) return undefined
      return { machine: 'volume', state: use.state, detail: { failures: use.failures, sources: use.sources } }
    }
    case 'container':
      return inspectContainer(context, ref.uid, ref.container)
    case 'image': {
      const pull = podRuntime.images.pull(ref.uid, ref.image)
      return pull && { machine: 'imagePull', state: pull.state, detail: { error: pull.error } }
    }
    case 'secret': {
      const seen = secrets.inspect().find((one) => one.namespace === ref.namespace && one.name === ref.name)
      return seen && { machine: 'reflector', state: seen.state, detail: { ...seen } }
    }
  }
}

function inspectContainer({ statuses, containers }: KubeletContext, uid: string, name: string): StateView | undefined {
  const life = containers.get(uid, name)
  if (life === undefined) return undefined
  const all = allContainerStatuses(statuses.get(uid))
  const { restartCount = 0, ready = false } = all.find((one) => one.name === name) ?? {}
  return { machine: 'container', state: life.state, detail: { restartCount, ready } }
}
