import { withoutNulls } from '../api/patch/strategic-merge-patch.ts'
import type { PodSpec } from '../api/types/core.ts'
import { isObject, listAt, textAt } from '../go/json.ts'
import { assumedUses } from '../looks/image-assumptions.ts'
import { assumedVolumeType } from '../looks/volume-assumptions.ts'
import type { AppliedCluster } from './cluster.ts'
import type { GivenObject } from './given.ts'
import type { Stripped } from './live.ts'
import type { CheckOptions } from './options.ts'
import { podSpecOf } from './references.ts'
import type { Assumption } from './report.ts'
import { type Claim, provisionedName } from './storage.ts'
import { reachedVolume } from './volume-reach.ts'
import { counted, objectName } from './words.ts'

/** Everything that podsim takes for granted about what was given. */
export function assumptionsOn(
  cluster: AppliedCluster,
  given: Stripped & { readonly hooks: readonly GivenObject[] },
  options: CheckOptions,
): readonly Assumption[] {
  return [
    ...onLive(given),
    ...onHooks(given.hooks, cluster.namespace),
    ...onKinds(cluster.unknownKinds),
    ...onHad(options),
    ...onPresent(options),
    ...onOperators(cluster),
    ...onPrivate(options),
    ...onWebhooks(cluster.applied),
    ...onClaims(cluster),
    ...onReach(cluster),
    ...onVolumes(cluster.applied),
    ...((options.unknownImages ?? 'succeed') === 'succeed' ? onImages(cluster.applied) : []),
  ]
}

function onLive({ live, leftOut }: Stripped): readonly Assumption[] {
  if (live === 0) return []
  const rest =
    leftOut === 0
      ? ''
      : `; ${counted(leftOut, 'object')} that the cluster makes by itself ${leftOut === 1 ? 'is' : 'are'} left out`
  return [
    {
      kind: 'live',
      place: undefined,
      message: `${counted(live, 'object')} as a running cluster prints ${live === 1 ? 'it' : 'them'}: status, uids and versions are left out${rest}`,
    },
  ]
}

function onHooks(hooks: readonly GivenObject[], namespace: string): readonly Assumption[] {
  if (hooks.length === 0) return []
  const [is, names] = [hooks.length === 1 ? 'is' : 'are', hooks.map((given) => objectName(given, namespace)).join(', ')]
  return [
    {
      kind: 'hook',
      place: hooks[0]?.place([]),
      message: `${counted(hooks.length, 'helm hook')} that an install does not run ${is} left out: ${names}`,
    },
  ]
}

function onKinds(unknown: readonly GivenObject[]): readonly Assumption[] {
  const kinds = new Map<string, GivenObject[]>()
  for (const given of unknown) {
    const key = `${given.kind} of ${given.apiVersion}`
    kinds.set(key, [...(kinds.get(key) ?? []), given])
  }
  return [...kinds].map(([kind, [first, ...more]]) => ({
    kind: 'customResource',
    place: first?.place([]),
    message: `no manifest defines ${kind}: the cluster knows it already (${counted(more.length + 1, 'object')} left out)`,
  }))
}

function onHad({ have = [] }: CheckOptions): readonly Assumption[] {
  return have.map(({ kind = 'Secret', name, namespace }) => ({
    kind: 'given',
    place: undefined,
    message: `${kind.toLowerCase()} ${namespace === undefined ? '' : `${namespace}/`}${name} is there already`,
  }))
}

function onPresent({ presentImages = [] }: CheckOptions): readonly Assumption[] {
  return presentImages.map((name) => ({
    kind: 'given',
    place: undefined,
    message: `image ${name} is on each node already`,
  }))
}

function onOperators({ made, namespace: fallback }: AppliedCluster): readonly Assumption[] {
  return made.map(({ given, name, keys, namespace = fallback }) => {
    const secret = objectName({ kind: 'Secret', name, namespace }, fallback)
    const holds = keys === undefined ? 'with what is asked of it' : `with ${keys.join(', ') || 'no keys'}`
    return {
      kind: 'operator',
      place: given.place([]),
      message: `${objectName(given, fallback)}: taken is that its operator runs and makes ${secret}, ${holds}`,
    }
  })
}

function onPrivate({ privateRegistries = [] }: CheckOptions): readonly Assumption[] {
  if (privateRegistries.length === 0) return []
  return [
    {
      kind: 'registry',
      place: undefined,
      message: `${privateRegistries.join(', ')}: images are given to whoever has credentials; taken is that these are the right ones`,
    },
  ]
}

function onWebhooks(objects: readonly GivenObject[]): readonly Assumption[] {
  return objects
    .filter(({ kind }) => kind === 'MutatingWebhookConfiguration' || kind === 'ValidatingWebhookConfiguration')
    .map((given) => ({
      kind: 'webhook',
      place: given.place([]),
      message: `${given.kind} ${given.name}: podsim calls no webhooks; objects are taken as they are`,
    }))
}

/** Claims whose volumes somebody of the user's cluster makes, by their class. */
function onClaims({ sim, applied, namespace }: AppliedCluster): readonly Assumption[] {
  const classes = new Map<string, Claim[]>()
  for (const claim of sim.list<Claim>('PersistentVolumeClaim')) {
    if (claim.spec?.volumeName !== provisionedName(claim)) continue
    const name = claim.spec?.storageClassName ?? ''
    classes.set(name, [...(classes.get(name) ?? []), claim])
  }
  return [...classes].map(([name, [first, ...more]]) => {
    const given = applied.find(
      (each) =>
        each.kind === 'PersistentVolumeClaim' &&
        each.name === first?.metadata.name &&
        (each.namespace || namespace) === first?.metadata.namespace,
    )
    const maker = name === '' ? 'the default storageclass of the cluster' : `storageclass ${name}`
    return {
      kind: 'storage',
      place: given?.place(['spec']),
      message: `${maker}: taken is that it makes the ${counted(more.length + 1, 'volume')} that claims ask of it`,
    }
  })
}

/** What PersistentVolumes need of nodes that only the user has. */
function onReach({ sim, applied }: AppliedCluster): readonly Assumption[] {
  return applied.flatMap((given) =>
    reachedVolume(sim, given).taken.map((taken) => ({
      kind: 'storage' as const,
      place: given.place(['spec']),
      message: `persistentvolume ${given.name}: taken is that ${taken}`,
    })),
  )
}

function onVolumes(objects: readonly GivenObject[]): readonly Assumption[] {
  return objects.flatMap((given) => {
    const pod = podSpecOf(given)
    if (pod === undefined) return []
    const { spec, path } = pod
    return listAt(spec, 'volumes').flatMap((volume, i) => {
      const source = isObject(volume) ? assumedVolumeType(volume) : undefined
      if (source === undefined) return []
      return [
        {
          kind: 'volume' as const,
          place: given.place([...path, 'volumes', i]),
          message: `volume ${textAt(volume, 'name')} of ${given.kind.toLowerCase()} ${given.name} is of type ${source}: taken is that it mounts, and is empty`,
        },
      ]
    })
  })
}

/** One entry for each thing that is taken of an image whose program podsim does not know, where it is first. */
function onImages(objects: readonly GivenObject[]): readonly Assumption[] {
  const seen = new Set<string>()
  return objects.flatMap((given) => {
    const pod = podSpecOf(given)
    if (pod === undefined) return []
    // The server has taken it, so that it has a Pod's shape but for members that are null.
    return assumedUses(withoutNulls(pod.spec) as Partial<PodSpec>).flatMap(({ field, index, path, told }) => {
      const message = told?.()
      if (message === undefined || seen.has(message)) return []
      seen.add(message)
      return [{ kind: 'image' as const, place: given.place([...pod.path, field, index, ...path]), message }]
    })
  })
}
