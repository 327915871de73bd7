import { ephemeralClaimName } from '../api/ephemeral-claims.ts'
import { type Labels, selectorFromObject } from '../api/label-selector.ts'
import { compareQuantities } from '../api/quantity.ts'
import type { Pod } from '../api/types/core.ts'
import type { KubeObject, LabelSelector } from '../api/types/meta.ts'
import { type Client, resources } from '../client/client.ts'
import { listAt, textAt } from '../go/json.ts'
import { hear } from '../kernel/hear.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import type { Sim } from '../sim/sim.ts'
import type { GivenObject } from './given.ts'
import { podSpecOf } from './references.ts'

/** A PersistentVolumeClaim, as far as binding looks at it. */
export interface Claim extends KubeObject {
  readonly spec?: {
    readonly storageClassName?: string
    readonly volumeName?: string
    readonly volumeMode?: string
    readonly accessModes?: readonly string[]
    readonly selector?: LabelSelector
    readonly resources?: { readonly requests?: Readonly<Record<string, string>> }
  }
}

interface Volume extends KubeObject {
  readonly spec?: {
    readonly storageClassName?: string
    readonly volumeMode?: string
    readonly accessModes?: readonly string[]
    readonly capacity?: Readonly<Record<string, string>>
    readonly claimRef?: { readonly namespace?: string; readonly name?: string; readonly uid?: string }
  }
}

interface StorageClass extends KubeObject {
  readonly provisioner?: string
}

/** What becomes of a claim. */
export type Binding =
  | { readonly kind: 'volume'; readonly volume: Volume }
  | { readonly kind: 'provisioned' }
  /** Nothing that is known binds it; `why` as a clause: `no manifest defines storageclass fast`. */
  | { readonly kind: 'never'; readonly why: string; readonly cure: string }

/** StorageClasses of the user's cluster that no manifest defines; `all`: whichever is asked for. */
export type KnownClasses = readonly string[] | 'all'

/**
 * Which volume a claim gets: one of the manifests that fits, or one that its class's provisioner makes. What asks for no
 * class gets one from the cluster's default class. `taken`: names of volumes that others get. Source: component-helpers/storage/volume/pv_helpers.go, FindMatchingVolume.
 */
export function bindingOf(
  sim: Sim,
  claim: Claim,
  known: KnownClasses,
  taken: ReadonlySet<string> = new Set(),
): Binding {
  const spec = claim.spec ?? {}
  const fitting = sim
    .list<Volume>('PersistentVolume')
    .filter((volume) => !taken.has(volume.metadata.name) && fits(volume, claim))
    .sort((a, b) => compareQuantities(sizeOf(a), sizeOf(b)))
  const [volume] = fitting
  if (volume !== undefined) return { kind: 'volume', volume }
  const { volumeName, storageClassName: name } = spec
  if (volumeName) return never(`no persistentvolume ${volumeName} fits it`, 'it needs a PersistentVolume of that name')
  if (name === undefined) return { kind: 'provisioned' }
  if (name === '')
    return never('no persistentvolume fits it, and it asks for none to be made', 'it needs a PersistentVolume')
  const storageClass = sim.get<StorageClass>('StorageClass', name)
  if (storageClass?.provisioner === 'kubernetes.io/no-provisioner')
    return never(
      `no persistentvolume of storageclass ${name} fits it, and that class makes none`,
      'it needs a PersistentVolume',
    )
  if (storageClass !== undefined || known === 'all' || known.includes(name)) return { kind: 'provisioned' }
  return never(`no manifest defines storageclass ${name}`, `if your cluster has it: --have storageclass/${name}`)
}

function never(why: string, cure: string): Binding {
  return { kind: 'never', why, cure }
}

function fits({ metadata, spec = {} }: Volume, claim: Claim): boolean {
  const { spec: wanted = {}, metadata: of } = claim
  const ref = spec.claimRef
  if (ref !== undefined && (ref.uid !== undefined || ref.name !== of.name || ref.namespace !== of.namespace))
    return false
  if (wanted.volumeName) return wanted.volumeName === metadata.name
  const labels: Labels = metadata.labels ?? {}
  return (
    (spec.storageClassName ?? '') === (wanted.storageClassName ?? '') &&
    (spec.volumeMode ?? 'Filesystem') === (wanted.volumeMode ?? 'Filesystem') &&
    (wanted.accessModes ?? []).every((mode) => spec.accessModes?.includes(mode)) &&
    compareQuantities(sizeOf({ metadata, spec }), requestOf(claim)) >= 0 &&
    (wanted.selector === undefined || selectorFromObject(wanted.selector).matches(labels))
  )
}

function sizeOf({ spec }: Pick<Volume, 'spec' | 'metadata'>): string {
  return spec?.capacity?.storage ?? '0'
}

function requestOf({ spec }: Claim): string {
  return spec?.resources?.requests?.storage ?? '0'
}

/**
 * The storage of the user's cluster: makes the volumes that `bindingOf` says somebody makes, as a provisioner would. Begin it when the
 * manifests are applied.
 */
export function provideStorage(sim: Sim, known: KnownClasses): void {
  sim.process(() => provideAll(sim, sim.client(), known)).subscribe()
}

function* provideAll(sim: Sim, client: Client, known: KnownClasses): Steps<never> {
  const seen = new Set<string | undefined>()
  const taken = new Set<string>()
  for (;;) {
    const news = client.watch<Claim>(resources.persistentVolumeClaims, {})
    const next = yield* attempt(
      hear(news, (event) =>
        event.type === 'ADDED' && !seen.has(event.object.metadata.uid) ? event.object : undefined,
      ),
    )
    const claim = next.ok ? next.value : undefined
    if (claim === undefined) continue
    seen.add(claim.metadata.uid)
    const binding = bindingOf(sim, claim, known, taken)
    if (binding.kind === 'volume') taken.add(binding.volume.metadata.name)
    if (binding.kind === 'provisioned') yield* provision(client, claim)
  }
}

/**
 * The CSI drivers that Pods of the manifests ask for by themselves, as far as no manifest defines them: taken is that the user's
 * cluster has each. Begin it before the manifests are applied.
 */
export function provideDrivers(sim: Sim, objects: readonly GivenObject[]): void {
  const named = new Set(objects.filter(({ kind }) => kind === 'CSIDriver').map(({ name }) => name))
  for (const name of new Set(objects.flatMap(driversIn))) {
    if (named.has(name)) continue
    const metadata = { name }
    const spec = { attachRequired: false, volumeLifecycleModes: ['Ephemeral', 'Persistent'] }
    const driver = { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata, spec }
    sim.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(driver) })
  }
}

function driversIn(given: GivenObject): readonly string[] {
  const volumes = listAt(podSpecOf(given)?.spec, 'volumes')
  return volumes.map((volume) => textAt(volume, 'csi', 'driver')).filter((name) => name !== '')
}

/** Name of the volume that a provisioner makes for a claim. Source: pv_controller.go, getProvisionedVolumeNameForClaim. */
export function provisionedName({ metadata }: Claim): string {
  return `pvc-${metadata.uid}`
}

/** As an external provisioner does: the volume is there for that claim, and the cluster's own controller binds the two. */
function* provision(client: Client, claim: Claim): Steps<void> {
  const { name, namespace = '', uid = '' } = claim.metadata
  const claimRef = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name, uid }
  yield* attempt(client.create(resources.persistentVolumes, provisioned(claim, provisionedName(claim), claimRef)))
}

function provisioned({ spec = {} }: Claim, name: string, claimRef: object): object {
  const storageClassName = spec.storageClassName === undefined ? {} : { storageClassName: spec.storageClassName }
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name },
    spec: {
      ...storageClassName,
      accessModes: spec.accessModes ?? [],
      capacity: { storage: spec.resources?.requests?.storage ?? '1Gi' },
      claimRef,
      csi: { driver: 'of.your.cluster', volumeHandle: name },
      persistentVolumeReclaimPolicy: 'Delete',
      ...(spec.volumeMode === undefined ? {} : { volumeMode: spec.volumeMode }),
    },
  }
}

/** Names of the claims of a Pod's volumes, with those that are made for it. */
export function claimsOf(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => {
    const name = textAt(volume, 'persistentVolumeClaim', 'claimName') || ephemeralClaimName(pod, volume)
    return name ? [name] : []
  })
}
