import type { KubeObject } from '../api/types/meta.ts'
import { namesOf } from '../scenario/checks.ts'
import type { Scenario } from '../scenario/model.ts'
import type { Sim } from '../sim/sim.ts'

/** What accidents may hit in a scenario. */
export interface Targets {
  readonly nodes: readonly string[]
  readonly controllers: readonly string[]
  /** Containers by names that hold whatever is drawn: a Pod's own, or those of what owns it. */
  readonly containers: readonly KillTarget[]
}

/** As `kill` takes it. */
export interface KillTarget {
  readonly kill: string
  readonly namespace?: string
}

/** Collects the targets of a scenario while it runs: `look` is called after each of its steps. */
export function collectTargets({ source }: Pick<Scenario, 'source'>): {
  look(sim: Sim): void
  targets(): Targets
} {
  const { node, controller } = namesOf(source)
  const containers = new Map<string, KillTarget>()
  return {
    look(sim) {
      for (const pod of sim.list('Pod')) {
        const { namespace = 'default' } = pod.metadata
        const where = namespace === 'default' ? {} : { namespace }
        const owner = ownerOf(sim, pod, namespace)
        for (const { name } of pod.spec.containers) {
          const kill = `${owner}/${name}`
          containers.set(`${namespace}/${kill}`, { kill, ...where })
        }
      }
    },
    targets: () => ({
      nodes: [...node.values()],
      controllers: [...controller.values()],
      containers: [...containers.values()],
    }),
  }
}

/** Owners of owners: a Pod of a CronJob has two. */
const deepestOwner = 3

/** What a container is killed by: the topmost of what owns its Pod, whose name does not change with the seed; else the Pod. */
function ownerOf(sim: Sim, pod: KubeObject, namespace: string): string {
  let object: KubeObject = pod
  for (let depth = 0; depth < deepestOwner; depth++) {
    const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true)
    const found = owner === undefined ? undefined : sim.get(owner.kind, owner.name, namespace)
    if (owner === undefined || found === undefined) break
    object = { ...found, kind: owner.kind }
  }
  const { kind = 'Pod', metadata } = object
  return kind === 'Pod' || object === pod ? metadata.name : `${kind.toLowerCase()}/${metadata.name}`
}
