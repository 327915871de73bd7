import { equalJson } from '../api/json.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { ControllerRevision, PodTemplateSpec } from '../api/types/workload-specs.ts'
import { type Client, resources } from '../client/client.ts'
import { isAlreadyExists } from '../client/refusals.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { computeHash, hashText, sortedJson } from './hash/compute-hash.ts'
import { type ControllerKind, compareText, newControllerRef } from './objects.ts'

/** Snapshots of templates, by which DaemonSets and StatefulSets know which Pods are up to date. */

/** Label of Pods and revisions. Source: apps/v1 types.go, ControllerRevisionHashLabelKey. */
export const revisionHashLabel = 'controller-revision-hash'

export interface Templated extends KubeObject {
  readonly spec: { readonly template: PodTemplateSpec }
  readonly status?: { readonly collisionCount?: number }
}

/** The patch that brings the template back. Source: pkg/controller/daemon/update.go, getPatch. */
function patchOf({ spec }: Templated): unknown {
  return { spec: { template: { ...spec.template, $patch: 'replace' } } }
}

/** How a kind names its revisions. */
export interface RevisionNaming {
  /** Label of the revision that holds its hash. */
  readonly label: string
  hash(owner: Templated, patch: unknown): string
}

/** Source: daemon/update.go, snapshot. */
export const daemonSetNaming: RevisionNaming = {
  label: revisionHashLabel,
  hash: ({ spec, status }) => computeHash(spec.template, status?.collisionCount),
}

/** Source: pkg/controller/history/controller_history.go, NewControllerRevision and HashControllerRevision. */
export const statefulSetNaming: RevisionNaming = {
  label: 'controller.kubernetes.io/hash',
  hash: ({ status }, patch) => hashText(`${sortedJson(patch)}${status?.collisionCount ?? 0}`),
}

export interface Revisions {
  readonly current: ControllerRevision
  /** Oldest first. */
  readonly old: readonly ControllerRevision[]
}

/**
 * The revision of the present template, made if there is none, with the highest number of all.
 * Source: daemon/update.go, constructHistory; statefulset/stateful_set_control.go, getStatefulSetRevisions.
 */
export function* constructHistory(
  client: Client,
  owner: Templated,
  kind: ControllerKind,
  history: readonly ControllerRevision[],
  naming: RevisionNaming,
): Steps<Revisions | undefined> {
  const patch = patchOf(owner)
  const sorted = [...history].sort((a, b) => a.revision - b.revision || compareText(a.metadata.name, b.metadata.name))
  const equal = sorted.filter(({ data }) => equalJson(data, patch))
  const old = sorted.filter((revision) => !equal.includes(revision))
  const number = Math.max(0, ...old.map(({ revision }) => revision)) + 1
  const known = equal.at(-1)
  if (known === undefined) {
    const made = yield* snapshot(client, owner, kind, patch, naming, number)
    return made === undefined ? undefined : { current: made, old }
  }
  if (known.revision >= number) return { current: known, old }
  const next = { ...known, revision: number }
  const updated = yield* attempt(client.update<ControllerRevision>(resources.controllerRevisions, next))
  return updated.ok ? { current: updated.value, old } : undefined
}

function* snapshot(
  client: Client,
  owner: Templated,
  kind: ControllerKind,
  data: unknown,
  naming: RevisionNaming,
  revision: number,
): Steps<ControllerRevision | undefined> {
  const { name, namespace = '', annotations } = owner.metadata
  const hash = naming.hash(owner, data)
  const object = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels: { ...owner.spec.template.metadata?.labels, [naming.label]: hash },
      ...(annotations === undefined ? {} : { annotations }),
      ownerReferences: [newControllerRef(owner, kind)],
    },
    data,
    revision,
  }
  const created = yield* attempt(client.create<ControllerRevision>(resources.controllerRevisions, object))
  if (created.ok) return created.value
  if (!isAlreadyExists(created.error)) return undefined
  const key = { namespace, name: object.metadata.name }
  const known = yield* attempt(client.get<ControllerRevision>(resources.controllerRevisions, key))
  // A revision of that name with another template: the caller tries again, with the collision counted.
  return known.ok && equalJson(known.value.data, data) ? known.value : undefined
}

/** Deletes revisions beyond the limit that no Pod is of, oldest first. Source: daemon/update.go, cleanupHistory. */
export function* cleanUpHistory(
  client: Client,
  old: readonly ControllerRevision[],
  limit: number,
  live: ReadonlySet<string>,
): Steps<boolean> {
  let excess = old.length - limit
  for (const { metadata } of old) {
    if (excess <= 0) break
    if (live.has(metadata.labels?.[revisionHashLabel] ?? '')) continue
    const key = { namespace: metadata.namespace ?? '', name: metadata.name }
    const gone = yield* attempt(client.delete(resources.controllerRevisions, key))
    if (!gone.ok) return false
    excess--
  }
  return true
}
