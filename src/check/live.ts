import { volumeAnnotations } from '../api/volume-annotations.ts'
import { isObject, type JsonObject, listAt, objectAt, textAt } from '../go/json.ts'
import type { GivenObject } from './given.ts'

/**
 * Objects as a running cluster prints them (`kubectl get ... -o yaml`), made into what somebody could apply: what the
 * server and its controllers wrote goes, and so do objects that a controller of the cluster would make again.
 */
export interface Stripped {
  readonly objects: readonly GivenObject[]
  /** How many had a server's marks. */
  readonly live: number
  /** How many were left out because others own them or the cluster makes them by itself. */
  readonly leftOut: number
}

export function stripLive(given: readonly GivenObject[]): Stripped {
  const live = given.filter(isLive)
  if (live.length === 0) return { objects: given, live: 0, leftOut: 0 }
  const kept = given.filter((each) => !isLive(each) || !isMadeByCluster(each))
  return {
    objects: kept.map((each) => (isLive(each) ? { ...each, object: withoutServersFields(each) } : each)),
    live: live.length,
    leftOut: given.length - kept.length,
  }
}

/** Only a server gives out uids and versions. */
function isLive({ object }: GivenObject): boolean {
  return textAt(object, 'metadata', 'uid') !== '' || textAt(object, 'metadata', 'resourceVersion') !== ''
}

const derivedKinds: ReadonlySet<string> = new Set([
  'Endpoints',
  'EndpointSlice',
  'Event',
  'Lease',
  'Node',
  'ControllerRevision',
])

function isMadeByCluster({ object, kind, name }: GivenObject): boolean {
  const isOwned = listAt(object, 'metadata', 'ownerReferences').some(
    (owner) => isObject(owner) && owner.controller === true,
  )
  if (isOwned || derivedKinds.has(kind)) return true
  if (kind === 'Secret') return textAt(object, 'type') === 'kubernetes.io/service-account-token'
  if (kind === 'ConfigMap') return name === 'kube-root-ca.crt'
  return kind === 'Service' && name === 'kubernetes'
}

const serversMetadata = [
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'selfLink',
  'ownerReferences',
] as const

/** What the server or a controller set in `spec`; applied anew it would be refused, or would bind to what is not there. */
const serversSpec: Readonly<Record<string, readonly string[]>> = {
  Pod: ['nodeName'],
  Service: ['clusterIP', 'clusterIPs', 'healthCheckNodePort'],
  PersistentVolumeClaim: ['volumeName'],
  Job: ['selector'],
}

function withoutServersFields({ object, kind }: GivenObject): JsonObject {
  const { status: _, ...rest } = object
  const annotations = Object.entries(objectAt(object, 'metadata', 'annotations')).filter(([name]) => !isServers(name))
  const spec = objectAt(object, 'spec')
  const keepsSpec = kind === 'Service' && textAt(spec, 'clusterIP') === 'None'
  const cleaned = isObject(object.spec)
    ? withoutBindings(kind, keepsSpec ? spec : omit(spec, serversSpec[kind] ?? []))
    : {}
  return {
    ...rest,
    metadata: {
      ...omit(objectAt(object, 'metadata'), serversMetadata),
      annotations: Object.fromEntries(annotations),
    },
    ...(isObject(object.spec) ? { spec: cleaned } : {}),
  }
}

/** What ties a Job's Pods, and a volume, to the uids of objects that are made anew. */
function withoutBindings(kind: string, spec: JsonObject): JsonObject {
  if (kind === 'PersistentVolume' && isObject(spec.claimRef))
    return { ...spec, claimRef: omit(spec.claimRef, ['uid', 'resourceVersion']) }
  if (kind !== 'Job') return spec
  const template = objectAt(spec, 'template')
  const metadata = objectAt(template, 'metadata')
  return {
    ...spec,
    template: { ...template, metadata: { ...metadata, labels: omit(objectAt(metadata, 'labels'), jobLabels) } },
  }
}

/** Source: k8s.io/api batch/v1 types.go, ControllerUidLabel, JobNameLabel, and their older names. */
const jobLabels = ['controller-uid', 'job-name', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name']

/** What scheduler and controllers told provisioners. */
const claimAnnotations: ReadonlySet<string> = new Set([
  volumeAnnotations.selectedNode,
  volumeAnnotations.storageProvisioner,
  volumeAnnotations.betaStorageProvisioner,
])

function isServers(annotation: string): boolean {
  return (
    annotation === 'kubectl.kubernetes.io/last-applied-configuration' ||
    annotation === 'deployment.kubernetes.io/revision' ||
    annotation.startsWith('pv.kubernetes.io/') ||
    claimAnnotations.has(annotation)
  )
}

function omit(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))
}
