import { equalJson } from '../api/json.ts'
import type { Node } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { StoreObserver } from '../apiserver/create-api-server.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { type Calendar, parseRfc3339 } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { machinesOf } from '../looks/machines.ts'

/** What is written all the time, or only tells of what is known to be so. */
const heartbeats: ReadonlySet<string> = new Set(['leases.coordination.k8s.io', 'events', 'events.events.k8s.io'])

/** When something last changed, so that whoever waits for rest knows. */
export class Settling {
  readonly #kernel: Kernel
  lastChange: VirtualMs = 0

  constructor(kernel: Kernel) {
    this.#kernel = kernel
  }

  /** In a copied cluster: the last change was at that instant. */
  goOnFrom(lastChange: VirtualMs): void {
    this.lastChange = lastChange
  }

  /** Told of every write. */
  readonly written: StoreObserver = (resource, event) => {
    if (heartbeats.has(resource)) return
    const { object, old } = event
    if (resource === 'nodes' && old !== undefined && isHeartbeat(old as Node, object as Node)) return // the resource says so
    this.lastChange = this.#kernel.now()
  }

  /** Lets time pass until nothing has changed for `quietMs` and nothing is under way, or until `endMs`. Says whether that came. */
  wait(
    {
      cluster,
      calendar,
      run,
    }: { readonly cluster: Cluster; readonly calendar: Calendar; run(endMs: VirtualMs): unknown },
    quietMs: VirtualMs,
    endMs: VirtualMs,
  ): boolean {
    for (;;) {
      const now = this.#kernel.now()
      if (now - this.lastChange >= quietMs) {
        if (!isBusy(cluster, calendar.at(now))) return true
        this.lastChange = now
      }
      if (now >= endMs) return false
      run(Math.min(this.lastChange + quietMs, endMs))
    }
  }
}

/** Whether a Node tells nothing new: its times alone have moved on. */
function isHeartbeat(before: Node, after: Node): boolean {
  return before.spec === after.spec || equalJson(before.spec ?? {}, after.spec ?? {})
    ? verdictsOf(before) === verdictsOf(after)
    : false
}

function verdictsOf({ status }: Node): string {
  return (status?.conditions ?? []).map(({ type, status: is }) => `${type}=${is}`).join()
}

/** An image is on its way, or a Pod has time left to end. */
function isBusy(cluster: Cluster, epochMs: number): boolean {
  const pods: readonly KubeObject[] = cluster.controlPlane.server.store.collection('pods').list(undefined)
  return pods.some((pod) => {
    const ends = pod.metadata.deletionTimestamp
    if (ends !== undefined && epochMs < (parseRfc3339(ends) ?? 0)) return true
    return machinesOf(cluster, pod).some(({ machine, state }) => machine === 'imagePull' && state === 'pulling')
  })
}
