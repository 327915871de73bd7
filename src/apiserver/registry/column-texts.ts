import type { KubeObject } from '../../api/types/meta.ts'
import { humanDuration } from '../../go/human-duration.ts'
import { parseRfc3339 } from '../../kernel/calendar.ts'
import type { RegistryContext, TableColumn } from './strategy.ts'

/** Columns that many kinds share. Descriptions: metav1.ObjectMeta, SwaggerDoc. */
export const nameColumn: TableColumn = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description:
    'Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically. Name is primarily intended for creation idempotence and configuration definition. Cannot be updated. More info: http://kubernetes.io/docs/user-guide/identifiers#names',
  priority: 0,
}

const creationDescription =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.\n\nPopulated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md#metadata'

export const ageColumn: TableColumn = {
  name: 'Age',
  type: 'string',
  format: '',
  description: creationDescription,
  priority: 0,
}

/** The one column beside the name for kinds that have no printer. Source: apiserver pkg/registry/rest/table.go. */
export const createdAtColumn: TableColumn = {
  name: 'Created At',
  type: 'date',
  format: '',
  description: creationDescription,
  priority: 0,
}

export function column(name: string, description: string, priority = 0, type = 'string', format = ''): TableColumn {
  return { name, type, format, description, priority }
}

/** Time since a timestamp, as tables show it. Source: pkg/printers/internalversion, translateTimestampSince. */
export function timeSince(timestamp: string | null | undefined, { calendar, kernel }: RegistryContext): string {
  const at = timestamp === null || timestamp === undefined ? undefined : parseRfc3339(timestamp)
  return at === undefined ? '<unknown>' : humanDuration(calendar.at(kernel.now()) - at)
}

export function ageOf(object: KubeObject, context: RegistryContext): string {
  return timeSince(object.metadata.creationTimestamp, context)
}
