import { at, compareBytes, isObject, listAt, numberAt, objectAt, sortedEntries, textAt } from '../../go/json.ts'
import { goSorted } from '../../go/sort.ts'
import type { EpochMs } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { inTurn } from '../cli/in-turn.ts'
import type { Session } from '../cli/session.ts'
import { since } from '../print/duration.ts'
import { lastApplied } from '../resource/last-applied.ts'
import { formatSelector } from './selectors.ts'
import type { DescribeWriter } from './writer.ts'

/** What describers share. Source: kubectl pkg/describe/describe.go. */

export interface Describing {
  readonly session: Session
  readonly w: DescribeWriter
  readonly object: unknown
  readonly namespace: string
  readonly showEvents: boolean
}

/** `Title:` and one `a=b` a line, sorted. Source: printLabelsMultiline. */
export function describeLabels(w: DescribeWriter, title: string, labels: unknown, indent = ''): void {
  const entries = sortedEntries(labels)
  w.write(0, `${indent}${title}:\t`)
  if (entries.length === 0) w.line(0, '<none>')
  entries.forEach(([key, value], i) => {
    w.line(0, `${i === 0 ? '' : `${indent}\t`}${key}=${value}`)
  })
}

const annotationMaxLength = 140

/**
 * As labels, but `a: b`, long ones cut, what apply leaves left out. kubectl before 1.19 forgot the end of the line when
 * nothing else was left. Source: printAnnotationsMultiline.
 */
export function describeAnnotations(session: Session, w: DescribeWriter, title: string, annotations: unknown): void {
  const all = sortedEntries(annotations)
  const shown = all.filter(([key]) => key !== lastApplied)
  w.write(0, `${title}:\t`)
  if (all.length === 0 || (shown.length === 0 && session.version.emptyAnnotationsAreNone)) w.line(0, '<none>')
  shown.forEach(([key, text], i) => {
    if (i !== 0) w.write(0, '\t')
    const value = text.replace(/\n$/, '')
    if (value.length + key.length + 2 <= annotationMaxLength && !value.includes('\n')) {
      w.line(0, `${key}: ${value}`)
      return
    }
    w.line(0, `${key}:`)
    for (const line of value.split('\n')) w.line(0, `\t  ${shorten(line, annotationMaxLength - 2)}`)
  })
}

function shorten(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength)}...` : text
}

/** Name, namespace, labels, annotations. */
export function describeHead(d: Describing, namespaced = true): void {
  const { w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  if (namespaced) w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  describeMeta(d)
}

export function describeMeta({ session, w, object }: Describing): void {
  describeLabels(w, 'Labels', at(object, 'metadata', 'labels'))
  describeAnnotations(session, w, 'Annotations', at(object, 'metadata', 'annotations'))
}

export function describeTolerations(
  session: Session,
  w: DescribeWriter,
  title: string,
  tolerations: readonly unknown[],
): void {
  w.write(0, `${title}:\t`)
  if (tolerations.length === 0) {
    w.line(0, '<none>')
    return
  }
  const isBefore = (a: unknown, b: unknown): boolean => compareBytes(textAt(a, 'key'), textAt(b, 'key')) < 0
  const sorted = goSorted(tolerations, isBefore, session.version.sort)
  sorted.forEach((toleration, i) => {
    const [value, effect, seconds] = [
      textAt(toleration, 'value'),
      textAt(toleration, 'effect'),
      at(toleration, 'tolerationSeconds'),
    ]
    const exists = session.version.tolerationOperator && textAt(toleration, 'operator') === 'Exists' && value === ''
    const bare = textAt(toleration, 'key') === '' && effect === ''
    const operator = exists ? `${bare ? '' : ' '}op=Exists` : ''
    const text = `${textAt(toleration, 'key')}${value === '' ? '' : `=${value}`}${effect === '' ? '' : `:${effect}`}${operator}`
    w.line(0, `${i === 0 ? '' : '\t'}${text}${typeof seconds === 'number' ? ` for ${seconds}s` : ''}`)
  })
}

/** `Kind/name` of the controller, empty without one. */
function controllerOf(object: unknown): string {
  const owner = listAt(object, 'metadata', 'ownerReferences').find((reference) => at(reference, 'controller') === true)
  return owner === undefined ? '' : `${textAt(owner, 'kind')}/${textAt(owner, 'name')}`
}

export function describeController(w: DescribeWriter, object: unknown): void {
  const controller = controllerOf(object)
  if (controller !== '') w.field(0, 'Controlled By', controller)
}

/** The events of an object by its own reference. */
export function* describeOwnEvents(
  d: Describing,
  overrides: { readonly kind?: string; readonly uids?: readonly string[]; readonly namespace?: string } = {},
): Steps<void> {
  if (!d.showEvents) return
  const namespace = overrides.namespace ?? textAt(d.object, 'metadata', 'namespace')
  const kind = overrides.kind ?? textAt(d.object, 'kind')
  const uids = overrides.uids ?? [textAt(d.object, 'metadata', 'uid')]
  const name = textAt(d.object, 'metadata', 'name')
  const found = yield* inTurn(uids, (uid) => findEvents(d.session, namespace, name, kind, uid))
  if (!found.includes(undefined))
    describeEvents(
      d.session,
      d.w,
      found.flatMap((events) => events ?? []),
    )
}

/** Events about an object; undefined when they may not be read. Source: client-go event_expansion.go, Search. */
function* findEvents(
  session: Session,
  namespace: string,
  name: string,
  kind: string,
  uid: string,
): Steps<readonly unknown[] | undefined> {
  const selector = [
    `involvedObject.name=${name}`,
    `involvedObject.namespace=${namespace}`,
    ...(kind === '' ? [] : [`involvedObject.kind=${kind}`]),
    ...(uid === '' ? [] : [`involvedObject.uid=${uid}`]),
  ].join(',')
  const path = namespace === '' ? '/api/v1/events' : `/api/v1/namespaces/${namespace}/events`
  const answer = yield* session.rest.tryRequest('GET', path, { query: { fieldSelector: selector } })
  return answer.ok ? listAt(answer.value, 'items') : undefined
}

function describeEvents(session: Session, w: DescribeWriter, events: readonly unknown[]): void {
  if (events.length === 0) {
    w.line(0, 'Events:\t<none>')
    return
  }
  const now = session.host.now()
  w.line(0, 'Events:')
  w.line(0, '  Type\tReason\tAge\tFrom\tMessage')
  w.line(1, '----\t------\t----\t----\t-------')
  const lastSeen = (event: unknown): string => textAt(event, 'lastTimestamp')
  for (const event of goSorted(events, (a, b) => compareBytes(lastSeen(a), lastSeen(b)) < 0, session.version.sort)) {
    const age = ageOf(session, event, now)
    const source = textAt(event, 'source', 'component') || textAt(event, 'reportingComponent')
    const where = session.version.eventsNameTheirField ? textAt(event, 'involvedObject', 'fieldPath') : ''
    const message = textAt(event, 'message').trim()
    w.line(
      1,
      `${textAt(event, 'type')}\t${textAt(event, 'reason')}\t${age}\t${source}\t${where === '' ? '' : `${where}: `}${message}`,
    )
  }
}

/** Source: pkg/describe/describe.go, DescribeEvents. */
function ageOf({ version }: Session, event: unknown, now: EpochMs): string {
  const begun = at(event, 'firstTimestamp')
  const named = at(event, 'eventTime')
  const first = since(version.describesSeries ? (named ?? begun) : (begun ?? named), now)
  const count = numberAt(event, ['count'])
  if (version.describesSeries && isObject(at(event, 'series')))
    return `${since(at(event, 'series', 'lastObservedTime'), now)} (x${numberAt(event, ['series', 'count'])} over ${first})`
  return count > 1 ? `${since(at(event, 'lastTimestamp'), now)} (x${count} over ${first})` : first
}

/** How many Pods of a controller are in which phase. Source: getPodStatusForController. */
export function* countPods(session: Session, object: unknown): Steps<string> {
  const namespace = textAt(object, 'metadata', 'namespace')
  const selector = formatSelector(objectAt(object, 'spec', 'selector'))
  const answer = yield* session.rest.tryRequest('GET', `/api/v1/namespaces/${namespace}/pods`, {
    query: { labelSelector: selector },
  })
  if (!answer.ok) return 'error in fetching pods: '
  const uid = textAt(object, 'metadata', 'uid')
  const own = listAt(answer.value, 'items').filter((pod) =>
    listAt(pod, 'metadata', 'ownerReferences').some(
      (owner) => at(owner, 'controller') === true && textAt(owner, 'uid') === uid,
    ),
  )
  const count = (phase: string): number => own.filter((pod) => textAt(pod, 'status', 'phase') === phase).length
  return `${count('Running')} Running / ${count('Pending')} Waiting / ${count('Succeeded')} Succeeded / ${count('Failed')} Failed`
}
