import { change } from '../../../api/change.ts'
import { isObject } from '../../../api/json.ts'
import type { Namespace } from '../../../api/types/core.ts'
import type { DeleteOptions } from '../../../api/types/meta.ts'
import { type FieldError, invalid } from '../../../api/validation/field-errors.ts'
import { dns1123Label, maskTrailingDash, qualifiedName } from '../../../api/validation/formats.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { ageColumn, ageOf, column, nameColumn } from '../column-texts.ts'
import type { DeleteVerdict, RegistryContext, Strategy, Subresource } from '../strategy.ts'

/** Namespaces (facts apiserver.md 7). Source: pkg/registry/core/namespace/{strategy.go,storage/storage.go}. */

const kubernetesFinalizer = 'kubernetes'

/** The label of v1.21 and later with the Namespace's own name. Source: NamespaceDefaultLabelName. */
const nameLabel = 'kubernetes.io/metadata.name'

const resource = { group: '', version: 'v1', resource: 'namespaces' } as const

/** PUT of `finalize` sets spec.finalizers, and nothing else. */
const finalize: Subresource = {
  handle(call, registry) {
    const body = isObject(call.body) ? (call.body as { readonly spec?: Namespace['spec'] }) : {} // checked to be an object
    return registry.update<Namespace>(
      call,
      resource,
      undefined,
      call.name,
      (namespace) => withFinalizers(namespace, body.spec?.finalizers ?? []),
      'none',
    )
  },
}

export const namespaceStrategy: Strategy<Namespace> = {
  resource,
  kind: 'Namespace',
  namespaced: false,
  hasStatus: true,
  returnsDeletedObject: true,
  validateName: (name, isPrefix, { minor }) => dns1123Label(maskTrailingDash(name, isPrefix), minor),
  defaults(given, { minor }) {
    const namespace = has(minor, apiServer.namespacesHaveTheirName) ? withNameLabel(given) : given
    if ((namespace.status?.phase ?? '') !== '') return namespace
    return { ...namespace, status: { ...namespace.status, phase: 'Active' } }
  },
  prepareForCreate(namespace) {
    const finalizers = namespace.spec?.finalizers ?? []
    const all = finalizers.includes(kubernetesFinalizer) ? finalizers : [...finalizers, kubernetesFinalizer]
    return change(withFinalizers(namespace, all), (draft) => {
      draft.status = { phase: 'Active' }
    })
  },
  prepareForUpdate: (next, old) => withFinalizers(next, old.spec?.finalizers ?? []),
  validate: validateFinalizers,
  selectableFields: (namespace) => ({ 'status.phase': namespace.status?.phase ?? '' }),
  mayDeleteDuringUpdate: (namespace) => (namespace.spec?.finalizers?.length ?? 0) === 0,
  deleteObject: terminate,
  subresources: { finalize },
  table: {
    columns: [nameColumn, column('Status', 'The status of the namespace'), ageColumn],
    row: (namespace, context) => [namespace.metadata.name, namespace.status?.phase ?? '', ageOf(namespace, context)],
  },
}

function withNameLabel(namespace: Namespace): Namespace {
  const { name, labels } = namespace.metadata
  if (name === undefined || name === '' || labels?.[nameLabel] === name) return namespace
  return { ...namespace, metadata: { ...namespace.metadata, labels: { ...labels, [nameLabel]: name } } }
}

function validateFinalizers(namespace: Namespace, { minor }: RegistryContext): readonly FieldError[] {
  return (namespace.spec?.finalizers ?? []).flatMap((name) => [
    ...qualifiedName(name, minor).map((text) => invalid('spec.finalizers', name, text)),
    ...(name.includes('/') || name === kubernetesFinalizer
      ? []
      : [invalid('spec.finalizers', name, 'name is neither a standard finalizer name nor is it fully qualified')]),
  ])
}

/** The first DELETE begins the termination; the Namespace goes when its finalizers are done. */
function terminate(
  namespace: Namespace,
  options: DeleteOptions,
  { calendar, kernel }: RegistryContext,
): DeleteVerdict<Namespace> | undefined {
  const { metadata } = namespace
  if (metadata.deletionTimestamp !== undefined) {
    return (namespace.spec?.finalizers?.length ?? 0) > 0 ? { kind: 'keep' } : undefined
  }
  const deletionTimestamp = rfc3339(calendar.at(kernel.now()))
  const finalizers = propagated(metadata.finalizers, options)
  const next = { ...metadata, deletionTimestamp, ...(finalizers === undefined ? {} : { finalizers }) }
  const object = { ...namespace, metadata: next, status: { ...namespace.status, phase: 'Terminating' } }
  return { kind: 'update', object }
}

function propagated(finalizers: readonly string[] | undefined, options: DeleteOptions): readonly string[] | undefined {
  const wanted =
    options.orphanDependents === true || options.propagationPolicy === 'Orphan'
      ? 'orphan'
      : options.propagationPolicy === 'Foreground'
        ? 'foregroundDeletion'
        : undefined
  if (wanted === undefined || finalizers?.includes(wanted) === true) return finalizers
  return [...(finalizers ?? []), wanted]
}

function withFinalizers(namespace: Namespace, finalizers: readonly string[]): Namespace {
  return change(namespace, (draft) => {
    draft.spec = { ...draft.spec, finalizers: [...finalizers] }
  })
}
