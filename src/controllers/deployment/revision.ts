import { equalJson } from '../../api/json.ts'
import type { Deployment, PodTemplateSpec, ReplicaSet } from '../../api/types/workload-specs.ts'
import { type Client, resources } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { errorText, isAlreadyExists, isNamespaceTerminating } from '../../client/refusals.ts'
import { extended } from '../../kernel/extended.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { computeHash } from '../hash/compute-hash.ts'
import { eventReference, newControllerRef } from '../objects.ts'
import {
  annotationKeys,
  findNewReplicaSet,
  hasProgressDeadline,
  isControlledBy,
  newReplicaCount,
  revisionOf,
  templateHashLabel,
  templatesEqual,
} from './arithmetic.ts'
import { getCondition, newCondition, reasons, setCondition } from './conditions.ts'
import { deploymentKind, replicaAnnotations } from './rollout.ts'

/** Longest text of the history annotation. Source: sync.go, maxRevHistoryLengthInChars. */
const historyMax = 2000

const annotationsNotCopied: ReadonlySet<string> = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  annotationKeys.revision,
  annotationKeys.history,
  annotationKeys.desired,
  annotationKeys.max,
  'deprecated.deployment.rollback.to',
])

/** A Deployment as a sync knows it: changed in the course of the sync as the Go code changes its copy. */
export interface Work {
  deployment: Deployment
}

export interface Revisions {
  readonly fresh: ReplicaSet | undefined
  readonly old: readonly ReplicaSet[]
}

export interface RevisionOptions {
  readonly minor: number
  readonly client: Client
  readonly recorder: EventRecorder
  /** The present as a timestamp. */
  readonly now: () => string
  readonly cached: (namespace: string, name: string) => ReplicaSet | undefined
}

/**
 * The ReplicaSet of the present template, and all others. The revision goes into its annotations and those of the
 * Deployment. Source: pkg/controller/deployment/sync.go, getAllReplicaSetsAndSyncRevision, getNewReplicaSet.
 */
export function* syncRevision(
  options: RevisionOptions,
  work: Work,
  sets: readonly ReplicaSet[],
  mayCreate: boolean,
): Steps<Revisions | 'failed'> {
  const { client, now } = options
  const { deployment } = work
  const existing = findNewReplicaSet(deployment, sets)
  const old = sets.filter((set) => set !== existing)
  const revision = Math.max(0, ...old.map(revisionOf)) + 1
  if (existing === undefined) {
    if (!mayCreate) return { fresh: undefined, old }
    const created = yield* createReplicaSet(options, work, old, revision)
    return created === 'failed' ? 'failed' : { fresh: created, old }
  }
  const annotations = newAnnotations(deployment, existing, revision)
  const { minReadySeconds = 0 } = deployment.spec
  if (annotations !== existing.metadata.annotations || minReadySeconds !== (existing.spec.minReadySeconds ?? 0)) {
    const { minReadySeconds: _old, ...spec } = existing.spec
    const seconds = minReadySeconds === 0 ? {} : { minReadySeconds }
    const next = { ...existing, metadata: { ...existing.metadata, annotations }, spec: { ...spec, ...seconds } }
    const updated = yield* attempt(client.update<ReplicaSet>(resources.replicaSets, next))
    return updated.ok ? { fresh: updated.value, old } : 'failed'
  }
  let isChanged = setRevision(work, annotations[annotationKeys.revision] ?? '')
  if (hasProgressDeadline(deployment) && getCondition(deployment.status, 'Progressing') === undefined) {
    setProgress(work, 'True', reasons.found, `Found new replica set "${existing.metadata.name}"`, now())
    isChanged = true
  }
  if (isChanged && (yield* writeStatus(client, work)) === 'failed') return 'failed'
  return { fresh: existing, old }
}

function* createReplicaSet(
  { client, recorder, now, cached, minor }: RevisionOptions,
  work: Work,
  old: readonly ReplicaSet[],
  revision: number,
): Steps<ReplicaSet | 'failed'> {
  const { deployment } = work
  const { metadata, spec } = deployment
  const hash = computeHash(spec.template, deployment.status?.collisionCount)
  const own = spec.template.metadata?.labels ?? {}
  const labels = extended(own, { [templateHashLabel]: hash })
  const wanted = spec.selector.matchLabels ?? {}
  const template: PodTemplateSpec = { ...spec.template, metadata: { ...spec.template.metadata, labels } }
  const replicas = newReplicaCount(deployment, old, 0)
  const name = `${metadata.name}-${hash}`
  const bare = { metadata: { name, namespace: metadata.namespace ?? '', labels } }
  const set = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      ...bare.metadata,
      annotations: extended(newAnnotations(deployment, bare, revision), replicaAnnotations(deployment)),
      ownerReferences: [newControllerRef(deployment, deploymentKind)],
    },
    spec: {
      replicas,
      ...(spec.minReadySeconds === undefined ? {} : { minReadySeconds: spec.minReadySeconds }),
      selector: extended(spec.selector, {
        matchLabels: equalJson(wanted, own) ? labels : extended(wanted, { [templateHashLabel]: hash }),
      }),
      template,
    },
  }
  const reference = eventReference(deployment, deploymentKind)
  const created = yield* attempt(client.create<ReplicaSet>(resources.replicaSets, set))
  if (!created.ok && isAlreadyExists(created.error)) {
    const known = cached(bare.metadata.namespace, name)
    if (known === undefined) return 'failed'
    if (!isControlledBy(known, deployment) || !templatesEqual(known.spec.template, spec.template)) {
      const collisionCount = (deployment.status?.collisionCount ?? 0) + 1
      work.deployment = { ...deployment, status: { ...deployment.status, collisionCount } }
      yield* writeStatus(client, work)
      return 'failed'
    }
    if (setRevision(work, String(revision)) && (yield* writeStatus(client, work)) === 'failed') return 'failed'
    return known
  }
  if (!created.ok) {
    if (isNamespaceTerminating(created.error)) return 'failed'
    const message = `Failed to create new replica set "${name}": ${errorText(created.error)}`
    if (hasProgressDeadline(deployment)) {
      setProgress(work, 'False', reasons.createFailed, message, now())
      yield* writeStatus(client, work)
    }
    recorder.event(reference, 'Warning', reasons.createFailed, message)
    return 'failed'
  }
  const from = has(minor, controllers.tellsScaleFrom) ? ' from 0' : ''
  if (replicas > 0)
    recorder.event(reference, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name}${from} to ${replicas}`)
  let isChanged = setRevision(work, String(revision))
  if (hasProgressDeadline(deployment)) {
    setProgress(work, 'True', reasons.created, `Created new replica set "${name}"`, now())
    isChanged = true
  }
  if (isChanged && (yield* writeStatus(client, work)) === 'failed') return 'failed'
  return created.value
}

/**
 * Writes the Deployment's status as the sync knows it. What comes back is not kept: a later write of the same sync meets
 * a conflict and is tried again, as in the original.
 */
export function* writeStatus(client: Client, work: Work): Steps<'written' | 'failed'> {
  const written = yield* attempt(
    client.update<Deployment>(resources.deployments, work.deployment, { subresource: 'status' }),
  )
  return written.ok ? 'written' : 'failed'
}

function setRevision(work: Work, revision: string): boolean {
  const { metadata } = work.deployment
  if (metadata.annotations?.[annotationKeys.revision] === revision) return false
  const annotations = { ...metadata.annotations, [annotationKeys.revision]: revision }
  work.deployment = { ...work.deployment, metadata: { ...metadata, annotations } }
  return true
}

export function setProgress(
  work: Work,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  now: string,
): void {
  const condition = newCondition('Progressing', status, reason, message, now)
  work.deployment = { ...work.deployment, status: setCondition(work.deployment.status ?? {}, condition) }
}

/**
 * The annotations that the new ReplicaSet should have; the very ones it has if nothing changes.
 * Source: deployment_util.go, SetNewReplicaSetAnnotations.
 */
function newAnnotations(
  deployment: Deployment,
  set: Pick<ReplicaSet, 'metadata'>,
  revision: number,
): Readonly<Record<string, string>> {
  const present = set.metadata.annotations ?? {}
  const changed: Record<string, string> = {}
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {}))
    if (!annotationsNotCopied.has(key) && present[key] !== value) changed[key] = value
  const former = present[annotationKeys.revision]
  const formerNumber = former === undefined || former === '' ? 0 : Number.parseInt(former, 10)
  if (formerNumber < revision) {
    changed[annotationKeys.revision] = String(revision)
    if (former !== undefined) {
      const history = present[annotationKeys.history] ?? ''
      changed[annotationKeys.history] = extendHistory(history, former)
    }
  }
  return Object.keys(changed).length === 0 && set.metadata.annotations !== undefined
    ? present
    : { ...present, ...changed }
}

/** Oldest revisions are dropped when the text grows too long. */
function extendHistory(history: string, revision: string): string {
  const revisions = history === '' ? [] : history.split(',')
  revisions.push(revision)
  while (revisions.join(',').length > historyMax) revisions.shift()
  return revisions.join(',')
}
