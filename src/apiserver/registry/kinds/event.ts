import type { KubeObject, ObjectReference } from '../../../api/types/meta.ts'
import { type FieldError, invalid, required } from '../../../api/validation/field-errors.ts'
import { byteLength, dns1123Subdomain, qualifiedName } from '../../../api/validation/formats.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { column, nameColumn, timeSince } from '../column-texts.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'

/** Events (facts apiserver.md 10). Source: pkg/registry/core/event/strategy.go, pkg/apis/core/validation/events.go. */
export interface CoreEvent extends KubeObject {
  readonly involvedObject?: ObjectReference
  readonly reason?: string
  readonly message?: string
  readonly source?: { readonly component?: string; readonly host?: string }
  readonly firstTimestamp?: string | null
  readonly lastTimestamp?: string | null
  readonly count?: number
  readonly type?: string
  readonly eventTime?: string | null
  readonly action?: string
  readonly reportingComponent?: string
  readonly reportingInstance?: string
}

export const eventStrategy: Strategy<CoreEvent> = {
  resource: { group: '', version: 'v1', resource: 'events' },
  kind: 'Event',
  namespaced: true,
  allowsCreateOnUpdate: true,
  // Names hold the involved object's name, whatever that is; only what fits a path is asked.
  leavesMetadata: true,
  validate: validateEvent,
  validateUpdate: validateEvent,
  selectableFields: fieldsOf,
  table: {
    columns: [
      column('Last Seen', 'The time at which the most recent occurrence of this event was recorded.'),
      column('Type', 'Type of this event (Normal, Warning), new types could be added in the future'),
      column(
        'Reason',
        "This should be a short, machine understandable string that gives the reason for the transition into the object's current status.",
      ),
      column('Object', 'The object that this event is about.'),
      column(
        'Subobject',
        'If referring to a piece of an object instead of an entire object, this string should contain a valid JSON/Go field access statement, such as desiredState.manifest.containers[2]. For example, if the object reference is to a container within a pod, this would take on a value like: "spec.containers{name}" (where "name" refers to the name of the container that triggered the event) or if no container name is specified "spec.containers[2]" (container with index 2 in this pod). This syntax is chosen only to have some well-defined way of referencing a part of an object.',
        1,
      ),
      column('Source', 'The component reporting this event. Should be a short machine understandable string.', 1),
      column('Message', 'A human-readable description of the status of this operation.'),
      column(
        'First Seen',
        'The time at which the event was first recorded. (Time of server receipt is in TypeMeta.)',
        1,
      ),
      column('Count', 'The number of times this event has occurred.', 1),
      { ...nameColumn, priority: 1 },
    ],
    row: eventRow,
  },
}

function eventRow(event: CoreEvent, context: RegistryContext): readonly (string | number)[] {
  const { involvedObject = {}, source = {} } = event
  const first = timeSince(event.firstTimestamp ?? event.eventTime, context)
  const last =
    event.lastTimestamp === null || event.lastTimestamp === undefined ? first : timeSince(event.lastTimestamp, context)
  const kind = (involvedObject.kind ?? '').toLowerCase()
  const name = involvedObject.name ?? ''
  return [
    last,
    event.type ?? '',
    event.reason ?? '',
    name === '' ? kind : `${kind}/${name}`,
    involvedObject.fieldPath ?? '',
    (source.host ?? '') === '' ? (source.component ?? '') : `${source.component ?? ''}, ${source.host}`,
    (event.message ?? '').trim(),
    first,
    event.count ?? 0,
    event.metadata.name,
  ]
}

/** Source: pkg/registry/core/event/strategy.go, ToSelectableFields. */
function fieldsOf({
  involvedObject = {},
  reason,
  source,
  type,
  reportingComponent,
}: CoreEvent): Record<string, string> {
  return {
    'involvedObject.kind': involvedObject.kind ?? '',
    'involvedObject.namespace': involvedObject.namespace ?? '',
    'involvedObject.name': involvedObject.name ?? '',
    'involvedObject.uid': involvedObject.uid ?? '',
    'involvedObject.apiVersion': involvedObject.apiVersion ?? '',
    'involvedObject.resourceVersion': involvedObject.resourceVersion ?? '',
    'involvedObject.fieldPath': involvedObject.fieldPath ?? '',
    reason: reason ?? '',
    source: source?.component ?? reportingComponent ?? '',
    type: type ?? '',
  }
}

/** Longest fields of the newer kind of Event. Source: pkg/apis/core/validation/events.go. */
const limits = { reportingInstance: 128, action: 128, reason: 128, message: 1024 } as const

function validateEvent(
  event: CoreEvent,
  contextOrOld: RegistryContext | CoreEvent,
  updateContext?: RegistryContext,
): readonly FieldError[] {
  const { minor } = updateContext ?? (contextOrOld as RegistryContext) // validate has no old object between
  const errors: FieldError[] = []
  const { namespace = '' } = event.metadata
  const about = event.involvedObject?.namespace ?? ''
  const mismatch = () => invalid('involvedObject.namespace', about, 'does not match event.namespace')
  if (event.eventTime === null || event.eventTime === undefined) {
    const matches = about === '' ? namespace === '' || namespace === 'default' : namespace === about
    if (!matches) errors.push(mismatch())
  } else {
    const isForDefault = namespace === 'default' && has(minor, apiServer.clusterEventsInDefault)
    if (about === '' && namespace !== 'kube-system' && !isForDefault) errors.push(mismatch())
    errors.push(...validateNewEvent(event, minor))
  }
  for (const text of dns1123Subdomain(namespace, minor)) errors.push(invalid('namespace', namespace, text))
  return errors
}

function validateNewEvent(event: CoreEvent, minor: number): readonly FieldError[] {
  const errors: FieldError[] = []
  const controller = event.reportingComponent ?? ''
  if (controller === '') errors.push(required('reportingController'))
  for (const text of qualifiedName(controller, minor)) errors.push(invalid('reportingController', controller, text))
  for (const field of ['reportingInstance', 'action', 'reason', 'message'] as const) {
    const value = event[field] ?? ''
    if (value === '' && field !== 'message') errors.push(required(field))
    if (byteLength(value) > limits[field])
      errors.push(invalid(field, '', `can have at most ${limits[field]} characters`))
  }
  return errors
}
