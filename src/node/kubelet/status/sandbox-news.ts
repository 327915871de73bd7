import { after } from '../../../kernel/after.ts'
import type { RandomStream } from '../../../kernel/random.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { KubeletContext } from '../context.ts'
import type { PodRuntimePorts } from '../pods/pod-runtime.ts'
import { readyToStartCondition } from './conditions.ts'

/** The news of a sandbox comes up to this late: in the recordings containers that start at once overtake it now and then. */
const sandboxNewsMs: VirtualMs = 24

/** Tells the API server at once that a Pod has its sandbox (v1.36 on). Source: kubelet.go, OnPodSandboxReady, a goroutine of its own. */
export function sandboxNews(
  parts: Pick<KubeletContext, 'kernel' | 'facts' | 'scope' | 'pods' | 'statuses'>,
  podRandom: (uid: string) => RandomStream,
): PodRuntimePorts['sandboxReady'] {
  const { kernel, facts, scope, pods, statuses } = parts
  return (pod) => {
    if (!facts.tellsSandboxAtOnce) return
    const uid = pod.metadata.uid ?? ''
    scope.start(after(kernel, podRandom(uid).integer(0, sandboxNewsMs)), () => {
      if (pods.get(uid) === undefined) return
      const { conditions = [], ...status } = statuses.get(uid) ?? pod.status ?? {}
      const others = conditions.filter(({ type }) => type !== 'PodReadyToStartContainers')
      statuses.setPodStatus(pod, { ...status, conditions: [readyToStartCondition(true), ...others] })
    })
  }
}
