import type { ContainerStatus, Pod, PodStatus } from '../../../api/types/core.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import { isTerminal, type KnownStatuses } from '../status/status-manager.ts'
import type { PodWorkerRows } from './pod-worker.ts'

/** Whether no status of the list runs. Source: pkg/kubelet/kubelet_pods.go, notRunning. */
export function notRunning(statuses: readonly ContainerStatus[] | undefined): boolean {
  return (statuses ?? []).every(({ state }) => state?.terminated !== undefined || state?.waiting !== undefined)
}

/** How far Pods are from being over, as their workers and statuses say. */
export class PodEnds {
  readonly #facts: KubeletFacts
  readonly #workers: PodWorkerRows
  readonly #statuses: KnownStatuses

  constructor(facts: KubeletFacts, workers: PodWorkerRows, statuses: KnownStatuses) {
    this.#facts = facts
    this.#workers = workers
    this.#statuses = statuses
  }

  /** Up to v1.21: the Pod is in a terminal phase, or deleted and nothing of it runs. Source: kubelet_pods.go, podIsTerminated. */
  isTerminated(pod: Pod): boolean {
    const status: PodStatus = this.#statuses.get(pod.metadata.uid ?? '')?.status ?? pod.status ?? {}
    if (isTerminal(status.phase)) return true
    return pod.metadata.deletionTimestamp !== undefined && notRunning(status.containerStatuses)
  }

  /** Whether the Pod's volumes are no longer refreshed or mounted. */
  isOver(pod: Pod): boolean {
    if (!this.#facts.terminatingPhases) return this.isTerminated(pod)
    return this.#workers.get(pod.metadata.uid ?? '')?.haveContainersEnded === true
  }

  mayRemoveVolumes(uid: string): boolean {
    if (!this.#facts.terminatingPhases) return true
    const worker = this.#workers.get(uid)
    return worker === undefined || worker.haveContainersEnded
  }
}
