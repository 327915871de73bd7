import { ephemeralClaimName } from '../../api/ephemeral-claims.ts'
import type { Pod } from '../../api/types/core.ts'
import { listAt, textAt } from '../../go/json.ts'
import type { YamlPath } from '../../scenario/positions.ts'
import { closest } from '../../sim/input/closest.ts'
import type { AppliedCluster } from '../cluster.ts'
import { podSpecOf } from '../references.ts'
import { bindingOf, type Claim, claimsOf } from '../storage.ts'
import type { Workload } from '../workloads.ts'
import type { Found } from './found.ts'

/** Claims that a Pod waits for, and why nothing binds them. */
export function unboundAt(cluster: AppliedCluster, { given, namespace }: Workload, pod: Pod): readonly Found[] {
  const { sim, applied, knownClasses } = cluster
  return claimsOf(pod).flatMap((name): readonly Found[] => {
    const full = `persistentvolumeclaim ${namespace}/${name}`
    const claim = sim.get<Claim>('PersistentVolumeClaim', name, namespace)
    const base = { cause: 'claimUnbound', key: full, uses: [`claim ${name}`] } as const
    if (claim === undefined) {
      const all = sim.list('PersistentVolumeClaim', { namespace }).map(({ metadata }) => metadata.name)
      const near = closest(name, all)
      const hints = near === undefined ? [] : [`did you mean ${near}?`]
      return [{ ...base, summary: `${full} does not exist`, path: referencePath(given, pod, name), hints }]
    }
    if (claim.spec?.volumeName) return []
    const binding = bindingOf(sim, claim, knownClasses)
    if (binding.kind !== 'never') return []
    const own = applied.find(
      (each) =>
        each.kind === 'PersistentVolumeClaim' &&
        each.name === name &&
        (each.namespace || cluster.namespace) === namespace,
    )
    const template = listAt(given.object, 'spec', 'volumeClaimTemplates').findIndex((each) =>
      name.startsWith(`${textAt(each, 'metadata', 'name')}-${given.name}-`),
    )
    const path: YamlPath =
      template < 0
        ? referencePath(given, pod, name)
        : ['spec', 'volumeClaimTemplates', template, 'spec', 'storageClassName']
    return [
      {
        ...base,
        summary: `${full} is not bound: ${binding.why}`,
        path,
        ...(own === undefined ? {} : { place: own.place(['spec', 'storageClassName']) }),
        hints: [binding.cure],
      },
    ]
  })
}

function referencePath(given: Workload['given'], pod: Pod, claim: string): YamlPath {
  const { spec, path } = podSpecOf(given) ?? { spec: {}, path: [] }
  const volumes = listAt(spec, 'volumes')
  const volume = volumes.findIndex((each) => textAt(each, 'persistentVolumeClaim', 'claimName') === claim)
  if (volume >= 0) return [...path, 'volumes', volume, 'persistentVolumeClaim', 'claimName']
  const own = pod.spec.volumes?.find((each) => ephemeralClaimName(pod, each) === claim)
  const made = volumes.findIndex((each) => textAt(each, 'name') === own?.name)
  return made < 0 ? path : [...path, 'volumes', made, 'ephemeral', 'volumeClaimTemplate', 'spec', 'storageClassName']
}
