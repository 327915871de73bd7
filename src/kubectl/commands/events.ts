import { at, isObject, listAt, numberAt, textAt } from '../../go/json.ts'
import { goSorted } from '../../go/sort.ts'
import { alignTabs, type RememberedWidths, tableTabs } from '../../go/tabwriter.ts'
import { parseRfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { groupVersion } from '../api/discovery.ts'
import type { Call, Command } from '../cli/command.ts'
import { fail, failPlain } from '../cli/failure.ts'
import { bool, int, string, strings } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { until } from '../cli/until.ts'
import { since } from '../print/duration.ts'
import { createStructPrinter, type Printer, printFlags } from '../print/printers.ts'

/** Source: kubectl pkg/cmd/events (1.23 as alpha, 1.26 as itself). */
export const eventsCommand: Command = {
  name: 'events',
  short: 'List events',
  since: 26,
  flags: [
    ...printFlags,
    bool('watch', 'w'),
    bool('all-namespaces', 'A'),
    string('for'),
    strings('types'),
    bool('no-headers'),
    int('chunk-size', '500'),
  ],
  run: events,
}

function* events(call: Call): Steps<number> {
  const { session, flags } = call
  const all = flags.bool('all-namespaces')
  const fieldSelector = yield* selectorOf(session, flags.string('for'))
  const types = flags.list('types').map((type) => type.toLowerCase())
  if (types.some((type) => type !== 'normal' && type !== 'warning')) fail('valid --types are Normal or Warning')
  const isWanted = (event: unknown): boolean =>
    types.length === 0 || types.includes(textAt(event, 'type').toLowerCase())
  const path = all ? '/api/v1/events' : `/api/v1/namespaces/${session.namespace}/events`
  const query = { ...(fieldSelector === '' ? {} : { fieldSelector }), limit: '500' }
  const printer = createStructPrinter(session, flags) ?? tableOf(session, all, flags.bool('no-headers'))
  if (flags.bool('watch')) return yield* watch(session, path, { ...query, watch: 'true' }, isWanted, printer)
  const items = listAt(yield* session.rest.request('GET', path, { query }), 'items').filter(isWanted)
  if (items.length === 0) {
    session.err(all ? 'No events found.\n' : `No events found in ${session.namespace} namespace.\n`)
    return 0
  }
  const sorted = goSorted(items.map(typed), (a, b) => timeOf(a) < timeOf(b), session.version.sort)
  // Names of lists are refused where nobody looks. Source: events.go, Run; cli-runtime pkg/printers/name.go.
  if (flags.string('output') === 'name') return 0
  session.out(printer({ kind: 'EventList', apiVersion: 'v1', metadata: {}, items: sorted }))
  return 0
}

/** Items of a list come without their kind. */
function typed(event: unknown): unknown {
  return { kind: 'Event', apiVersion: 'v1', ...(isObject(event) ? event : {}) }
}

function* selectorOf(session: Session, text: string): Steps<string> {
  if (text === '') return ''
  const [type = '', name, ...rest] = text.split('/')
  if (name === undefined) return fail('--for must be in resource/name form')
  if (rest.length > 0) return fail('arguments in resource/name form may not have more than one slash')
  const mapping = yield* session.discovery.lookUp(type.toLowerCase())
  if (mapping === undefined) return failPlain(`the server doesn't have a resource type "${type}"`)
  const { kind, group, version } = mapping
  return [
    `involvedObject.kind=${kind}`,
    `involvedObject.apiVersion=${groupVersion(group, version)}`,
    `involvedObject.name=${name}`,
  ].join(',')
}

function timeOf(event: unknown): number {
  const last = textAt(event, 'series', 'lastObservedTime') || textAt(event, 'lastTimestamp')
  return parseRfc3339(last || textAt(event, 'eventTime')) ?? Number.NEGATIVE_INFINITY
}

function tableOf(session: Session, withNamespace: boolean, noHeaders: boolean): Printer {
  const widths: RememberedWidths = []
  let headers = noHeaders ? '' : `${withNamespace ? 'NAMESPACE\t' : ''}LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n`
  return (object) => {
    const list = textAt(object, 'kind') === 'EventList' ? listAt(object, 'items') : [object]
    const text = headers + list.map((event) => rowOf(session, event, withNamespace)).join('')
    headers = ''
    return alignTabs(text, tableTabs, widths)
  }
}

function rowOf(session: Session, event: unknown, withNamespace: boolean): string {
  const involved = at(event, 'involvedObject')
  const cells = [
    ...(withNamespace ? [textAt(event, 'metadata', 'namespace')] : []),
    intervalOf(session, event),
    textAt(event, 'type'),
    textAt(event, 'reason'),
    `${textAt(involved, 'kind')}/${textAt(involved, 'name')}`,
    textAt(event, 'message').trim(),
  ]
  return `${cells.join('\t')}\n`
}

function intervalOf(session: Session, event: unknown): string {
  const now = session.host.now()
  const first = since(at(event, 'eventTime') ?? at(event, 'firstTimestamp'), now)
  const series = at(event, 'series')
  const count = numberAt(event, ['count'])
  if (isObject(series))
    return `${since(at(series, 'lastObservedTime'), now)} (x${numberAt(series, ['count'])} over ${first})`
  return count > 1 ? `${since(at(event, 'lastTimestamp'), now)} (x${count} over ${first})` : first
}

function* watch(
  session: Session,
  path: string,
  query: Readonly<Record<string, string>>,
  isWanted: (event: unknown) => boolean,
  printer: Printer,
): Steps<number> {
  const stream = yield* session.rest.watch(path, { resource: 'events', query })
  let lines: readonly string[] = []
  try {
    while (!stream.ended() || lines.length > 0) {
      for (const line of lines) {
        const change: unknown = JSON.parse(line)
        const type = textAt(change, 'type')
        const event = at(change, 'object')
        if ((type === 'ADDED' || type === 'MODIFIED') && isWanted(event)) session.out(printer(typed(event)))
      }
      lines = []
      yield* until(
        session.host,
        () => {
          if (lines.length === 0) lines = stream.take()
          return lines.length > 0 || stream.ended()
        },
        Number.POSITIVE_INFINITY,
      )
    }
    return 0
  } finally {
    stream.stop()
  }
}
