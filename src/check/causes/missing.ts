import type { Secret } from '../../api/types/core.ts'
import { closest } from '../../sim/input/closest.ts'
import type { AppliedCluster } from '../cluster.ts'
import { podSpecOf, type Reference, referencesIn } from '../references.ts'
import { objectName } from '../words.ts'
import type { Workload } from '../workloads.ts'
import type { Found } from './found.ts'
import { makersOf } from './makers.ts'

/** References that the cluster does not answer, at the end of the run (E3, L2). */
export function missingAt(cluster: AppliedCluster, { given, namespace }: Workload): readonly Found[] {
  const { spec, path } = podSpecOf(given) ?? { spec: {}, path: [] }
  const found = new Map<string, Found>()
  for (const reference of referencesIn(spec, path)) {
    const missing = reference.isOptional ? undefined : missingOf(cluster, reference, namespace)
    if (missing === undefined) continue
    const known = found.get(missing.key)
    const how = howUsed(reference)
    found.set(missing.key, { ...(known ?? missing), uses: [...new Set([...(known?.uses ?? []), how])] })
  }
  return [...found.values()]
}

function missingOf(cluster: AppliedCluster, reference: Reference, namespace: string): Found | undefined {
  const { kind, name, keys } = reference
  const word = kind.toLowerCase()
  const full = `${word} ${namespace}/${name}`
  const object = cluster.sim.get<Secret>(kind, name, namespace)
  if (object === undefined) {
    const cause = kind === 'Secret' ? 'secretMissing' : 'configMapMissing'
    const hints = hintsFor(cluster, reference, namespace)
    return { cause, key: full, summary: `${full} does not exist`, path: reference.path, hints, uses: [], about: name }
  }
  const has = Object.keys(object.data ?? {})
  const lacks = (keys ?? []).filter((key) => !has.includes(key))
  if (lacks.length === 0) return undefined
  const cause = kind === 'Secret' ? 'secretKeyMissing' : 'configMapKeyMissing'
  const maker = cluster.made.find((each) => each.name === name && each.namespace === namespace)
  const madeBy =
    kind === 'Secret' && maker !== undefined ? [`${objectName(maker.given, cluster.namespace)} makes it`] : []
  const near = lacks.map((key) => closest(key, has)).find((each) => each !== undefined)
  return {
    cause,
    key: `${full} ${lacks.join(' ')}`,
    summary: `${full} has no key ${lacks.join(', ')}`,
    path: reference.way === 'env' ? [...reference.path.slice(0, -1), 'key'] : reference.path,
    hints: [
      near === undefined ? `it has ${has.length === 0 ? 'no keys' : has.join(', ')}` : `did you mean ${near}?`,
      ...madeBy,
    ],
    uses: [],
    about: name,
  }
}

function hintsFor(cluster: AppliedCluster, { kind, name }: Reference, namespace: string): readonly string[] {
  const { sim, applied, unknownKinds, refused } = cluster
  const own = objectName({ kind, name, namespace }, namespace)
  if (refused.some(({ object }) => object === own)) return ['it is among the manifests, but was refused']
  const all = sim.list(kind)
  const near = closest(
    name,
    all.filter(({ metadata }) => metadata.namespace === namespace).map(({ metadata }) => metadata.name),
  )
  const elsewhere = all
    .filter(({ metadata }) => metadata.name === name && metadata.namespace !== namespace)
    .map(({ metadata }) => metadata.namespace ?? '')
  const wanted = { kind, name, namespace, fallback: cluster.namespace }
  const makers = makersOf([...applied, ...unknownKinds], wanted)
  const flag = `--have ${kind.toLowerCase()}/${namespace === cluster.namespace ? '' : `${namespace}/`}${name}`
  const other = kind === 'Secret' ? 'ConfigMap' : 'Secret'
  const isOther = sim.get(other, name, namespace) !== undefined
  return [
    ...(near === undefined ? [] : [`did you mean ${near}?`]),
    ...(isOther ? [`a ${other.toLowerCase()} has that name: references to it are ${referenceFields[other]}`] : []),
    ...(kind === 'Secret' && /-token-[a-z0-9]{5}$/.test(name) ? tokenHints(cluster) : []),
    ...elsewhere.map((home) => `namespace ${home} has one of that name; a Pod reaches only those of its own`),
    ...makers,
    ...(makers.length > 0 ? [`with it there: ${flag}`] : []),
  ]
}

const referenceFields = {
  Secret: 'secretRef, secretKeyRef and volumes of secret',
  ConfigMap: 'configMapRef, configMapKeyRef and volumes of configMap',
} as const

/** Up to v1.23 every account had such a Secret. */
function tokenHints({ sim }: AppliedCluster): readonly string[] {
  const hasThem = sim.list('Secret').some(({ metadata }) => /^default-token-[a-z0-9]{5}$/.test(metadata.name))
  return hasThem
    ? ['accounts have Secrets of such names, whose ends are drawn: no manifest knows them']
    : [
        'from v1.24 on accounts have no Secrets of such names; a Pod has its token at /var/run/secrets/kubernetes.io/serviceaccount',
      ]
}

function howUsed({ container, way, where, volume, isInit }: Reference): string {
  const who = container === undefined ? 'no container' : `${isInit ? 'init container' : 'container'} ${container}`
  switch (way) {
    case 'env':
      return `${who}, env ${where}`
    case 'envFrom':
      return `${who}, envFrom${where === '' ? '' : ` with prefix ${where}`}`
    case 'pull':
      return 'image pulls'
    case 'volume':
    case 'projected':
    case 'subPath':
      return `${who}, volume ${volume ?? ''}${where === '' ? '' : ` at ${where}`}`
  }
}
