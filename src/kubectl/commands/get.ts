import { at, isObject, listAt, textAt } from '../../go/json.ts'
import type { Steps } from '../../kernel/steps.ts'
import { factAt, type VersionedFact } from '../../versions/version.ts'
import { groupResource, resourcePath, typeName } from '../api/discovery.ts'
import { tableAccept } from '../api/rest.ts'
import type { Call, Command } from '../cli/command.ts'
import {
  attemptNow,
  CommandFailure,
  exitSilently,
  type Failure,
  fail,
  failAll,
  failUsage,
  withoutReason,
} from '../cli/failure.ts'
import { bool, flagSince, flagUntil, int, string } from '../cli/flags.ts'
import { klogPrefix } from '../cli/klog.ts'
import type { Session } from '../cli/session.ts'
import { until } from '../cli/until.ts'
import { createPrinter, getPrintFlags, type Printer } from '../print/printers.ts'
import { type Sorting, sortObjects, sortTable } from '../print/sorter.ts'
import { asTable, TablePrinter } from '../print/table.ts'
import { filenameFlags, namesFiles, readAgain, readFiles, singleFile } from '../resource/files.ts'
import type { Info } from '../resource/info.ts'
import { partition, type Selected, select } from '../resource/select.ts'
import { rawPath } from './raw.ts'
import { checkSubresource } from './write.ts'

/** Source: kubectl pkg/cmd/get/get.go. */
export const getCommand: Command = {
  name: 'get',
  short: 'Display one or many resources',
  flags: [
    ...getPrintFlags,
    ...filenameFlags,
    bool('all-namespaces', 'A'),
    string('selector', 'l'),
    string('field-selector'),
    bool('ignore-not-found'),
    bool('watch', 'w'),
    bool('watch-only'),
    bool('output-watch-events'),
    int('chunk-size', '500'),
    string('raw'),
    flagUntil(19, bool('export')),
    flagSince(24, string('subresource')),
  ],
  run: get,
}

function* get(call: Call): Steps<number> {
  const { session, flags, args } = call
  if (flags.string('raw') !== '') return yield* getRaw(call)
  if (args.length === 0 && !namesFiles(flags)) missingType(call)
  if (args.length > 0 && namesFiles(flags))
    fail('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well')
  const output = flags.string('output')
  if (flags.bool('show-labels') && output !== '' && output !== 'wide') {
    fail(`--show-labels option cannot be used with ${output} printer`)
  }
  const watching = flags.bool('watch') || flags.bool('watch-only')
  if (flags.bool('output-watch-events') && !watching) {
    const text = '--output-watch-events option can only be used with --watch or --watch-only'
    if (session.version.mistakesWithoutUsage) fail(text)
    failUsage(call.path, text)
  }
  if (!session.version.takesAnySubresource) checkSubresource(flags)
  const isTable = output === 'wide' || (output === '' && flags.string('template') === '')
  if (watching) return yield* watch(call, isTable)
  return isTable ? yield* getTables(call) : yield* getObjects(call)
}

/** Source: get.go, Complete and Validate; Go net/url, ParseRequestURI. */
function* getRaw({ session, flags, args }: Call): Steps<number> {
  const path = flags.string('raw')
  if (args.length > 0) fail('arguments may not be passed when --raw is specified')
  if (flags.bool('watch') || flags.bool('watch-only') || flags.string('selector') !== '')
    fail('--raw may not be specified with other flags that filter the server request or alter the output')
  if (flags.string('output') !== '') fail('--raw and --output are mutually exclusive')
  session.out(yield* session.rest.text(rawPath(path)))
  return 0
}

/** Made once there is something to print: what is not there is told before a mistake in `-o`. Source: get.go, printGeneric. */
function printerOf({ session, flags }: Call): Printer {
  return createPrinter(session, flags, true) ?? fail('no printer')
}

function missingType(call: Call): never {
  call.session.err(
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
  )
  return failUsage(
    call.path,
    'Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
  )
}

function* selected(call: Call, table: boolean, singleType: boolean): Steps<Selected> {
  const { session, flags, args } = call
  const sorted = flags.string('sort-by') !== ''
  const isPrintedByServer = table && flags.bool('server-print')
  const accept = isPrintedByServer ? { accept: `${tableAccept},application/json` } : {}
  const query = isPrintedByServer && sorted ? { query: { includeObject: 'Object' } } : {}
  if (namesFiles(flags)) {
    // What files name is read anew from the server.
    const entries = yield* readAgain(session, yield* readFiles(session, flags, {}), { ...accept, ...query })
    return { entries, single: singleFile(session, flags), isList: false }
  }
  return yield* select(session, {
    args,
    typeMeansAll: true,
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allNamespaces: flags.bool('all-namespaces'),
    subresource: flags.string('subresource'),
    chunk: sorted ? 0 : flags.int('chunk-size'),
    singleType,
    ...accept,
    ...query,
  })
}

function failuresShown(call: Call, failures: readonly Failure[]): readonly Failure[] {
  if (!call.flags.bool('ignore-not-found')) return failures
  return failures.flatMap((failure) => withoutReason(failure, 'NotFound') ?? [])
}

function* getTables(call: Call): Steps<number> {
  const { session, flags } = call
  const { entries } = yield* selected(call, true, false)
  const { infos, failures } = partition(entries)
  const sorted = inOrder(call, infos)
  const withKind = flags.bool('show-kind') || new Set(infos.map(({ mapping }) => mapping)).size > 1
  const text = printTables(call, sorted, withKind)
  session.out(text)
  const shown = failuresShown(call, failures)
  if (text === '' && shown.length === 0 && !flags.bool('ignore-not-found')) {
    const clusterWide =
      flags.bool('all-namespaces') ||
      (session.version.nothingFoundClusterWide && infos.every(({ mapping }) => !mapping.namespaced) && infos.length > 0)
    session.err(clusterWide ? 'No resources found\n' : `No resources found in ${session.namespace} namespace.\n`)
  }
  failTwice(call, shown)
  return 0
}

/**
 * The infos in the order of the field of --sort-by. Several are sorted as they came: the field is looked for in the tables, not in what they show;
 * one is left to its printer. Source: get.go, RuntimeSorter.Sort.
 */
function inOrder({ session, flags }: Call, infos: readonly Info[]): readonly Info[] {
  const field = flags.string('sort-by')
  if (field === '' || infos.length < 2) return infos
  const byObject = new Map(infos.map((info) => [info.object, info]))
  return sortObjects([...byObject.keys()], field, sortingOf(session)).flatMap((object) => byObject.get(object) ?? [])
}

/** A table whose rows are in the order of that field; one that cannot be sorted is not printed. Source: sorter.go, SortingPrinter. */
function sortedTable({ session, flags }: Call, table: unknown): unknown {
  const field = flags.string('sort-by')
  if (field === '' || listAt(table, 'rows').length < 2) return table
  const sorted = attemptNow(() => sortTable(table, field, sortingOf(session)))
  if (!sorted.ok && sorted.failure.kind === 'silent') throw new CommandFailure(sorted.failure)
  return sorted.ok ? sorted.value : undefined
}

/** Lines of sorter.go that klog names: of objects, of tables. */
const sorterLines: VersionedFact<readonly [ofObjects: number, ofTables: number]> = {
  source: 'pkg/cmd/get/sorter.go, Less; printed by each minor from 1.20 on, but 1.21',
  initially: [314, 360],
  since: [
    [22, [332, 378]],
    [30, [331, 377]],
    [31, [329, 375]],
  ],
}

/** Maps, lists and booleans have no order: kubectl ends. Source: sorter.go, Less; klog's list of goroutines, up to 1.22, is left out. */
function sortingOf(session: Session): Sorting {
  const { version, host } = session
  const [ofObjects, ofTables] = factAt(sorterLines, version.minor)
  return {
    ...version,
    unsortable(what, isTable) {
      session.err(`${klogPrefix(host.now(), 'F')}sorter.go:${isTable ? ofTables : ofObjects}] ${what}\n`)
      return exitSilently(version.sorterExits ? 1 : 255)
    },
  }
}

/** Errors of files are collected twice, and what is printed of such a collection has no `error: ` before it (helpers.go, MultipleErrors). */
function failTwice({ flags }: Call, failures: readonly Failure[]): void {
  if (namesFiles(flags) && failures.length > 0) throw new CommandFailure({ kind: 'several', failures })
  failAll(failures)
}

function tablePrinter(call: Call, info: Info, withKind: boolean): TablePrinter {
  const { flags } = call
  return new TablePrinter({
    wide: flags.string('output') === 'wide',
    noHeaders: flags.bool('no-headers'),
    withNamespace: flags.bool('all-namespaces') && info.mapping.namespaced,
    kind: withKind ? typeName(info.mapping) : undefined,
    columnLabels: flags.list('label-columns').flatMap((label) => label.split(',')),
    showLabels: flags.bool('show-labels'),
  })
}

/** Objects of one type share a table; a blank line stands between types. */
function printTables(call: Call, infos: readonly Info[], withKind: boolean): string {
  const blocks: string[] = []
  let block: { mapping: Info['mapping']; rows: unknown[]; info: Info } | undefined
  const flush = (): void => {
    if (block === undefined) return
    const text = tablePrinter(call, block.info, withKind).print(joined(block.rows))
    if (text !== '') blocks.push(text)
  }
  for (const info of infos) {
    const object = sortedTable(call, asTable(info.object, call.session.host.now()))
    if (object === undefined) continue
    if (block?.mapping === info.mapping) block.rows.push(object)
    else {
      flush()
      block = { mapping: info.mapping, rows: [object], info }
    }
  }
  flush()
  return blocks.join(call.flags.bool('no-headers') ? '' : '\n')
}

/** Tables of one type as one, so that their columns are aligned together. */
function joined(tables: readonly unknown[]): unknown {
  const [first] = tables
  if (tables.length === 1 || !isObject(first)) return first
  const columns = tables.find((table) => listAt(table, 'columnDefinitions').length > 0)
  return {
    ...first,
    columnDefinitions: listAt(columns, 'columnDefinitions'),
    rows: tables.flatMap((table) => listAt(table, 'rows')),
  }
}

/** Source: get.go, printGeneric. */
function* getObjects(call: Call): Steps<number> {
  const { session, flags } = call
  const { entries, single } = yield* selected(call, false, false)
  const { infos, failures } = partition(entries)
  const shown = failuresShown(call, failures)
  if (single && shown.length > 0) failAll(shown)
  if (infos.length === 0 && flags.bool('ignore-not-found')) {
    failAll(shown)
    return 0
  }
  const printer = printerOf(call)
  const [only] = infos
  if (single && infos.length === 1) session.out(printer(only?.object))
  else {
    const sortBy = flags.string('sort-by')
    const objects = infos.map(({ object }) => object)
    session.out(printer(listOf(session, sortBy === '' ? objects : sortObjects(objects, sortBy, sortingOf(session)))))
  }
  failTwice(call, shown)
  return 0
}

function listOf(session: Session, items: readonly unknown[]): unknown {
  const metadata = session.version.listsWithoutSelfLink
    ? { resourceVersion: '' }
    : { resourceVersion: '', selfLink: '' }
  return { apiVersion: 'v1', items, kind: 'List', metadata }
}

/** Source: get.go, watch. */
function* watch(call: Call, isTable: boolean): Steps<number> {
  const { session, flags } = call
  const { entries, isList } = yield* selected(call, isTable, true)
  const { infos, failures } = partition(entries)
  failAll(failures)
  const generic = isTable ? undefined : printerOf(call)
  const [info] = infos
  if (info === undefined && !isList) return 0
  const mapping = info?.mapping ?? (yield* session.discovery.find(call.args[0] ?? ''))
  const target: Info = info ?? {
    mapping,
    namespace: mapping.namespaced ? session.namespace : '',
    name: '',
    source: '',
    object: undefined,
  }
  const tables = tablePrinter(call, target, flags.bool('show-kind'))
  const events = flags.bool('output-watch-events')
  const print = (object: unknown, type: string): void => {
    if (generic === undefined) session.out(tables.print(asTable(object, session.host.now()), events ? type : ''))
    else session.out(generic(events ? { type, object } : object))
  }
  if (!flags.bool('watch-only')) for (const { object } of infos) print(object, 'ADDED')
  const first = yield* watchFrom(call, infos, isList)
  const stream = yield* session.rest.watch(resourcePath(mapping, watchNamespace(call, target)), {
    resource: groupResource(mapping),
    ...(generic === undefined ? { accept: `${tableAccept},application/json` } : {}),
    query: {
      watch: 'true',
      resourceVersion: first,
      ...(isList ? selectors(call) : { fieldSelector: `metadata.name=${target.name}` }),
    },
  })
  let suppressed = !isList && !flags.bool('watch-only')
  const endsAt =
    session.rest.timeoutMs === undefined ? Number.POSITIVE_INFINITY : session.host.now() + session.rest.timeoutMs
  let pending: readonly string[] = []
  try {
    for (;;) {
      for (const line of pending) {
        const event: unknown = JSON.parse(line)
        const type = textAt(event, 'type')
        if (type === 'ERROR') return fail(textAt(event, 'object', 'message'))
        if (type !== 'BOOKMARK' && !suppressed) print(at(event, 'object'), type)
        suppressed = false
      }
      pending = []
      if (stream.ended() || session.host.now() >= endsAt) return 0
      yield* until(
        session.host,
        () => {
          if (pending.length === 0) pending = stream.take()
          return pending.length > 0 || stream.ended()
        },
        endsAt - session.host.now(),
      )
    }
  } finally {
    stream.stop()
  }
}

function watchNamespace(call: Call, target: Info): string {
  return call.flags.bool('all-namespaces') || !target.mapping.namespaced
    ? ''
    : target.namespace || call.session.namespace
}

function selectors(call: Call): Readonly<Record<string, string | undefined>> {
  return {
    labelSelector: call.flags.string('selector') || undefined,
    fieldSelector: call.flags.string('field-selector') || undefined,
  }
}

/** Lists are gone on from where they were read; a single object from now. */
function* watchFrom(call: Call, infos: readonly Info[], isList: boolean): Steps<string> {
  if (!isList) return '0'
  const table = infos.find(({ name }) => name === '')
  if (table !== undefined) return textAt(table.object, 'metadata', 'resourceVersion')
  // Lists that were taken apart have lost their version; their newest item will not do, so it is asked for again.
  const mapping = infos[0]?.mapping ?? (yield* call.session.discovery.find(call.args[0] ?? ''))
  const namespace = call.flags.bool('all-namespaces') || !mapping.namespaced ? '' : call.session.namespace
  return textAt(
    yield* call.session.rest.request('GET', resourcePath(mapping, namespace), { query: { limit: '1' } }),
    'metadata',
    'resourceVersion',
  )
}
