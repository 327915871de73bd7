import { withoutNulls as discardNulls } from '../../../api/patch/strategic-merge-patch.ts'
import type { KubeObject } from '../../../api/types/meta.ts'
import type { FieldError } from '../../../api/validation/field-errors.ts'
import { Validator } from '../../../api/validation/validator.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { RegistryContext, TableColumn } from '../strategy.ts'

/** What validation gathers for one object under the server's version and gates. */
export function errorsOf(context: RegistryContext, check: (v: Validator) => void): readonly FieldError[] {
  const v = new Validator({
    minor: context.minor,
    relaxedEnvNames: context.gates.RelaxedEnvironmentVariableValidation,
    ephemeralContainers: has(context.minor, apiServer.ephemeralContainers),
  })
  check(v)
  return v.errors
}

/** A value without members that are null: Go knows no difference between those and none. */
export function withoutNulls<T>(value: T): T {
  return discardNulls(value) as T // of the same form
}

/** Milliseconds since 1970 at the kernel's now. */
export function nowMs({ calendar, kernel }: RegistryContext): number {
  return calendar.at(kernel.now())
}

/** A column of a table; those of priority 1 are shown with `-o wide`. */
export function column(name: string, type: string, description: string, priority = 0, format = ''): TableColumn {
  return { name, type, format, description, priority }
}

/** Source: k8s.io/apimachinery pkg/apis/meta/v1/types_swagger_doc_generated.go, ObjectMeta. */
export const nameColumn = column(
  'Name',
  'string',
  'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: http://kubernetes.io/docs/user-guide/identifiers#names',
  0,
  'name',
)

/** Source: the same place. */
export const ageColumn = column(
  'Age',
  'string',
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata',
)

/** The old metadata, with what an update of a part says of which object it is meant for. Source: pkg/registry/core/pod/strategy.go, dropNonEphemeralContainerUpdates. */
export function keptMetadata(next: KubeObject, old: KubeObject): KubeObject['metadata'] {
  const { uid, resourceVersion } = next.metadata
  return {
    ...old.metadata,
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  }
}
