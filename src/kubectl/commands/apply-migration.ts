import { fieldSetFrom, fieldsV1Of, hasPath, union } from '../../api/ownership/field-set.ts'
import { goJson, isObject, type JsonObject, listAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { attempt, CommandFailure, type Failure, failureMessage, isReason } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'
import { getObject, type Info, patchObject, type WriteOptions } from '../resource/info.ts'
import { hasAnnotation, lastApplied } from '../resource/last-applied.ts'
import { patchTypes } from './write.ts'

/** Source: kubectl pkg/cmd/apply/patcher.go, maxPatchRetry. */
const maxRetries = 5

/** Content type of a server-side apply. */
export const applyPatch = 'application/apply-patch+yaml'

/** What is sent: the object's configuration, and how. */
export interface ServerApply {
  readonly body: string
  readonly manager: string
  readonly options: WriteOptions
}

/**
 * After a first apply on the server: what a client-side apply owned is the server-side manager's, so that fields which the
 * file no longer has go. Gives the object as it is then. Source: kubectl pkg/cmd/apply/apply.go,
 * saveLastApplyAnnotationIfNecessary, migrateToSSAIfNecessary; client-go util/csaupgrade/upgrade.go.
 */
export function* migrated(session: Session, info: Info, object: unknown, sent: ServerApply): Steps<unknown> {
  const saved = yield* attempt(saveAnnotation(session, info, object, sent))
  if (!saved.ok) {
    warn(
      session,
      'failed to migrate kubectl.kubernetes.io/last-applied-configuration for Server-Side Apply',
      saved.failure,
    )
    return object
  }
  const moved = yield* attempt(moveOwners(session, info, saved.value, sent))
  if (!moved.ok) {
    warn(session, 'server rejected managed fields migration to Server-Side Apply', moved.failure)
    return saved.value
  }
  if (moved.value === undefined) return saved.value
  const again = yield* attempt(patchObject(session, info, applyPatch, sent.body, sent.options))
  if (again.ok) return again.value
  warn(session, 'failed to re-apply configuration after performing Server-Side Apply migration', again.failure)
  return moved.value
}

function warn(session: Session, what: string, failure: Failure): void {
  const error = failureMessage(failure)
  session.err(`Warning: ${what}. This is non-fatal and will be retried next time you apply. Error: ${error}\n`)
}

/** The annotation gets an owner of its own, or the next apply would drop it. */
function* saveAnnotation(session: Session, info: Info, object: unknown, sent: ServerApply): Steps<unknown> {
  if (sent.manager !== 'kubectl' || !hasAnnotation(object)) return object
  if (annotationOwners(object, 'Apply').size > 0) return object
  const annotations = { [lastApplied]: textAt(object, 'metadata', 'annotations', lastApplied) }
  const { name, namespace } = info
  const metadata = { annotations, name, ...(namespace === '' ? {} : { namespace }) }
  const body = goJson({ apiVersion: textAt(object, 'apiVersion'), kind: textAt(object, 'kind'), metadata })
  const query = { ...unforced(sent), fieldManager: 'kubectl-last-applied' }
  return yield* patchObject(session, info, applyPatch, body, { ...sent.options, query })
}

/** The object with its new owners; undefined where nothing was to be moved. */
function* moveOwners(session: Session, info: Info, object: unknown, sent: ServerApply): Steps<unknown> {
  const managers = annotationOwners(object, 'Update')
  let current = object
  for (let tries = 1; ; tries += 1) {
    const before = entriesOf(current)
    const value = [...managers].reduce<readonly JsonObject[]>(
      (entries, manager) => upgraded(entries, manager, sent.manager),
      before,
    )
    if (goJson(value) === goJson(before)) return undefined
    const patch = goJson([
      { op: 'replace', path: '/metadata/managedFields', value },
      { op: 'replace', path: '/metadata/resourceVersion', value: textAt(current, 'metadata', 'resourceVersion') },
    ])
    const options = { ...sent.options, query: unforced(sent) }
    const answer = yield* attempt(patchObject(session, info, patchTypes.json ?? '', patch, options))
    if (answer.ok) return answer.value
    if (!isReason(answer.failure, 'Conflict') || tries === maxRetries) throw new CommandFailure(answer.failure)
    current = yield* getObject(session, info)
  }
}

/** Only the apply itself is forced. */
function unforced({ options }: ServerApply) {
  const { force: _force, ...query } = options.query ?? {}
  return query
}

function entriesOf(object: unknown): readonly JsonObject[] {
  return listAt(object, 'metadata', 'managedFields').filter(isObject)
}

function setOf(entry: JsonObject | undefined) {
  return fieldSetFrom(entry?.fieldsV1) ?? new Map()
}

/** Managers that own the annotation by an operation. */
function annotationOwners(object: unknown, operation: string): ReadonlySet<unknown> {
  const path = ['f:metadata', 'f:annotations', `f:${lastApplied}`]
  const owners = entriesOf(object).filter((entry) => entry.operation === operation && hasPath(setOf(entry), path))
  return new Set(owners.map(({ manager }) => manager))
}

function upgraded(entries: readonly JsonObject[], from: unknown, to: string): readonly JsonObject[] {
  const isOf = (entry: JsonObject, manager: unknown, operation: string) =>
    entry.manager === manager && entry.operation === operation && (entry.subresource ?? '') === ''
  const old = (entry: JsonObject) => isOf(entry, from, 'Update')
  const target = entries.find((entry) => isOf(entry, to, 'Apply')) ?? entries.find(old)
  if (target === undefined) return entries
  const same = entries.find((entry) => old(entry) && entry.apiVersion === target.apiVersion)
  const fieldsV1 = fieldsV1Of(union(setOf(target), setOf(same)))
  const made = { ...target, manager: to, operation: 'Apply', fieldsV1 }
  return entries.map((entry) => (entry === target ? made : entry)).filter((entry) => !old(entry))
}
