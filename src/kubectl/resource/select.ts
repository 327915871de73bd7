import { at, isObject, listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { Mapping } from '../api/discovery.ts'
import type { Query } from '../api/rest.ts'
import { attempt, type Failure, fail } from '../cli/failure.ts'
import { inTurn } from '../cli/in-turn.ts'
import type { Session } from '../cli/session.ts'
import { type Entry, failuresOf } from './files.ts'
import { type Info, listObjects, tryToGet } from './info.ts'

/** What arguments and selectors name. Source: cli-runtime pkg/resource/builder.go. */
export interface Selection {
  readonly args: readonly string[]
  /** A type alone means all of it. */
  readonly typeMeansAll?: boolean
  /** The flag --all. */
  readonly all?: boolean
  /** The selectors are set before it. Source: builder.go, SelectAllParam. */
  readonly allComesLast?: boolean
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly allNamespaces?: boolean
  readonly singleType?: boolean
  /** Objects are read from the server; otherwise infos carry none. Lists always are. */
  readonly read?: boolean
  /** For tables: asked for in this form, and lists are handed on whole. */
  readonly accept?: string
  readonly query?: Query
  readonly chunk?: number
  /** Read in place of the object; empty: none. */
  readonly subresource?: string
  /** Type of arguments that are mere names. */
  readonly defaultType?: string
}

export interface Selected {
  readonly entries: readonly Entry[]
  /** One object was named, so that it stands alone in yaml or json. */
  readonly single: boolean
  /** A list of the whole type, so that there may be nothing. */
  readonly isList: boolean
}

/** Neither an argument nor a file. Source: cli-runtime pkg/resource/builder.go, missingResourceError. */
export const missingResource =
  "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"

interface Tuple {
  readonly type: string
  readonly name: string
}

interface Parsed {
  readonly types: readonly string[]
  readonly names: readonly string[]
  readonly tuples: readonly Tuple[]
}

export function* select(session: Session, selection: Selection): Steps<Selected> {
  const parsed = yield* parseArgs(session, selection)
  const everything = selection.typeMeansAll === true && parsed.types.length > 0 && parsed.names.length === 0
  const label = selection.labelSelector ?? ''
  const field = selection.fieldSelector ?? ''
  if (selection.all === true && (label !== '' || field !== '') && parsed.types.length > 0) {
    if (selection.allComesLast === true) fail("setting 'all' parameter but found a non empty selector. ")
    if (label !== '') fail(`found non-empty label selector ${goQuote(label)} with previously set 'all' parameter. `)
    fail(`found non-empty field selector ${goQuote(field)} with previously set 'all' parameter. `)
  }
  if (label !== '' || field !== '' || everything || selection.all === true)
    return yield* bySelector(session, selection, parsed)
  if (parsed.tuples.length > 0) return yield* byTuples(session, selection, parsed)
  if (parsed.names.length > 0) return yield* byNames(session, selection, parsed)
  if (parsed.types.length === 0) return fail(missingResource)
  for (const type of parsed.types) yield* session.discovery.find(type)
  return fail(
    session.version.shortDeleteError
      ? 'resource(s) were provided, but no name was specified'
      : 'resource(s) were provided, but no name, label selector, or --all flag specified',
  )
}

function* parseArgs(session: Session, selection: Selection): Steps<Parsed> {
  const args = selection.args
  const [first = ''] = args
  const slashes = args.filter((arg) => arg.includes('/')).length
  if (slashes > 0 && slashes < args.length) {
    fail(
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
    )
  }
  if (slashes > 0) return { types: [], names: [], tuples: args.map(splitTuple) }
  if (selection.defaultType !== undefined && args.length > 0) {
    return { types: [], names: [], tuples: args.map((name) => ({ type: selection.defaultType ?? '', name })) }
  }
  const types = first === '' ? [] : yield* expandCategories(session, first)
  if (args.length >= 2 && types.length > 1) {
    return { types: [], names: [], tuples: types.flatMap((type) => args.slice(1).map((name) => ({ type, name }))) }
  }
  return { types, names: args.slice(1), tuples: [] }
}

function splitTuple(arg: string): Tuple {
  const parts = arg.split('/')
  if (parts.length !== 2) fail('arguments in resource/name form may not have more than one slash')
  const [type = '', name = ''] = parts
  if (type === '' || name === '' || type.includes(',')) {
    fail('arguments in resource/name form must have a single resource and name')
  }
  return { type, name }
}

function* expandCategories(session: Session, arg: string): Steps<readonly string[]> {
  return (yield* inTurn(arg.split(','), (word) => expandCategory(session, word))).flat()
}

function* expandCategory(session: Session, word: string): Steps<readonly string[]> {
  if ((yield* session.discovery.tryFind(word)) !== undefined) return [word]
  const members = yield* session.discovery.category(word)
  return members?.map(({ resource, group }) => (group === '' ? resource : `${resource}.${group}`)) ?? [word]
}

function* bySelector(session: Session, selection: Selection, parsed: Parsed): Steps<Selected> {
  if (parsed.names.length > 0) fail('name cannot be provided when a selector is specified')
  if (parsed.tuples.length > 0) fail('selectors and the all flag cannot be used when passing resource/name arguments')
  if (parsed.types.length === 0) fail('at least one resource must be specified to use a selector')
  if ((selection.subresource ?? '') !== '') fail('subresource cannot be used when bulk resources are specified')
  if (parsed.types.length > 1 && selection.singleType === true) fail('you may only specify a single resource type')
  const mappings = unique(yield* inTurn(parsed.types, (type) => session.discovery.find(type)))
  const lists = yield* inTurn(mappings, (mapping) => listed(session, selection, mapping))
  return { entries: lists.flat(), single: false, isList: true }
}

function unique(mappings: readonly Mapping[]): readonly Mapping[] {
  return [...new Set(mappings)]
}

function* listed(session: Session, selection: Selection, mapping: Mapping): Steps<readonly Entry[]> {
  const namespace = mapping.namespaced && selection.allNamespaces !== true ? session.namespace : ''
  const entries: Entry[] = []
  const options = {
    labelSelector: selection.labelSelector ?? '',
    fieldSelector: selection.fieldSelector ?? '',
    ...(selection.chunk === undefined ? {} : { limit: selection.chunk }),
    ...(selection.accept === undefined ? {} : { accept: selection.accept }),
    ...(selection.query === undefined ? {} : { query: selection.query }),
  }
  const result = yield* attempt(
    listObjects(session, mapping, namespace, options, (page) => {
      if (textAt(page, 'kind') === 'Table' || !isObject(page)) {
        entries.push({ ok: true, info: { mapping, namespace, name: '', source: '', object: page } })
        return
      }
      for (const item of listAt(page, 'items')) entries.push({ ok: true, info: itemInfo(mapping, page, item) })
    }),
  )
  return result.ok ? entries : [...entries, { ok: false, failure: result.failure }]
}

/** Items of a list know their kind by the list. */
function itemInfo(mapping: Mapping, page: unknown, item: unknown): Info {
  const typed =
    isObject(item) && at(item, 'kind') === undefined
      ? { apiVersion: textAt(page, 'apiVersion'), kind: textAt(page, 'kind').replace(/List$/, ''), ...item }
      : item
  return {
    mapping,
    namespace: textAt(item, 'metadata', 'namespace'),
    name: textAt(item, 'metadata', 'name'),
    source: '',
    object: typed,
  }
}

function* byTuples(session: Session, selection: Selection, parsed: Parsed): Steps<Selected> {
  const found = yield* inTurn(parsed.tuples, (tuple) => mapped(session, tuple))
  if (selection.singleType === true && new Set(found.map(({ mapping }) => mapping)).size > 1) {
    fail('you may only specify a single resource type')
  }
  const entries = yield* inTurn(found, ({ mapping, name }) => byName(session, selection, mapping, name))
  return { entries, single: parsed.tuples.length === 1, isList: false }
}

function* mapped(
  { discovery }: Session,
  { type, name }: Tuple,
): Steps<{ readonly mapping: Mapping; readonly name: string }> {
  return { mapping: yield* discovery.find(type), name }
}

function* byNames(session: Session, selection: Selection, parsed: Parsed): Steps<Selected> {
  if (parsed.types.length === 0) fail('you must provide a resource and a resource name together')
  if (parsed.types.length > 1) fail('you must specify only one resource')
  const mapping = yield* session.discovery.find(parsed.types[0] ?? '')
  const entries = yield* inTurn(parsed.names, (name) => byName(session, selection, mapping, name))
  return { entries, single: parsed.names.length === 1, isList: false }
}

function* byName(session: Session, selection: Selection, mapping: Mapping, name: string): Steps<Entry> {
  if (mapping.namespaced && selection.allNamespaces === true) {
    fail('a resource cannot be retrieved by name across all namespaces')
  }
  const bare: Info = {
    mapping,
    namespace: mapping.namespaced ? session.namespace : '',
    name,
    source: '',
    object: undefined,
  }
  if (selection.read === false) return { ok: true, info: bare }
  const options = {
    ...(selection.accept === undefined ? {} : { accept: selection.accept }),
    ...(selection.query === undefined ? {} : { query: selection.query }),
    ...(selection.subresource === undefined ? {} : { subresource: selection.subresource }),
  }
  const result = yield* tryToGet(session, bare, options)
  return result.ok ? { ok: true, info: { ...bare, object: result.value } } : { ok: false, failure: result.failure }
}

/** The entries that came about and the failures of the others. */
export function partition(entries: readonly Entry[]): {
  readonly infos: readonly Info[]
  readonly failures: readonly Failure[]
} {
  return { infos: entries.flatMap((entry) => (entry.ok ? [entry.info] : [])), failures: failuresOf(entries) }
}
