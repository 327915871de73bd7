import { withValue } from '../../api/change.ts'
import { fileText } from '../../bytes/bytes.ts'
import { goJson, isObject, type JsonObject, listAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { BrokenJson } from '../../go/yaml/json-stream.ts'
import { readManifestDocuments } from '../../go/yaml/manifests.ts'
import type { Steps } from '../../kernel/steps.ts'
import { attempt, attemptNow, CommandFailure, type Failure, fail, failNotSimulated, prefixed } from '../cli/failure.ts'
import type { FlagSpec, FlagValues } from '../cli/flags.ts'
import { bool, string, strings } from '../cli/flags.ts'
import { inTurn } from '../cli/in-turn.ts'
import type { Session } from '../cli/session.ts'
import type { ClientVersion } from '../client-version.ts'
import { buildKustomization } from '../kustomize-entry.ts'
import { type Info, type ReadOptions, tryToGet } from './info.ts'
import { localMapping, structError } from './local-objects.ts'
import { metadataError } from './metadata.ts'

/** Flags that name files. Source: pkg/cmd/util/helpers.go, AddFilenameOptionFlags. */
export const filenameFlags: readonly FlagSpec[] = [
  strings('filename', 'f'),
  string('kustomize', 'k'),
  bool('recursive', 'R'),
]

export type Entry = ({ readonly ok: true; readonly info: Info } | { readonly ok: false; readonly failure: Failure }) & {
  /** Where it was read, if it was in a file. */
  readonly place?: Place | undefined
}

/** A place in a file: `list` is the List that holds it. */
interface Place {
  readonly list: unknown
}

export interface FileOptions {
  /** Checks documents against the schema; undefined: no validation. */
  readonly validate?: ((object: unknown) => string | undefined) | undefined
  /** What has no namespace in its file gets none. */
  readonly keepsNamespaces?: boolean
  /** No server is asked. Source: builder.go, Local. */
  readonly isOffline?: boolean
  /** Objects are read into Go's structs. Source: builder.go, WithScheme. */
  readonly isTyped?: boolean
}

export function namesFiles(flags: FlagValues): boolean {
  return flags.list('filename').length > 0 || flags.string('kustomize') !== ''
}

/** Whether a single object was asked for, so that it is printed alone and not in a List. */
export function singleFile(session: Session, flags: FlagValues): boolean {
  const names = flags.list('filename')
  const [name = ''] = names
  if (names.length === 0) return flags.string('kustomize') !== ''
  return names.length === 1 && name !== '-' && session.host.files.kind(name) === 'file'
}

/** Source: cli-runtime pkg/resource/builder.go, FilenameParam. */
export function requireFiles(flags: FlagValues): void {
  if (!namesFiles(flags)) fail('must specify one of -f and -k')
}

interface Source {
  readonly name: string
  readonly text: string
}

/** The objects of all files, in order; a broken one does not keep back the others. */
export function* readFiles(session: Session, flags: FlagValues, options: FileOptions): Steps<readonly Entry[]> {
  const names = flags.list('filename')
  const directory = flags.string('kustomize')
  if (names.length > 0 && directory !== '') fail('only one of -f or -k can be specified')
  if (directory !== '' && flags.bool('recursive')) fail("the -k flag can't be used with -f or -R")
  const sources = names.flatMap((name) => sourcesOf(session, name, flags.bool('recursive')))
  if (directory !== '') {
    const built = attemptNow(() => buildKustomization(session, directory))
    if (!built.ok) return [{ ok: false, failure: built.failure, place: onItsOwn }]
    sources.push({ name: directory, text: built.value })
  }
  return (yield* inTurn(sources, (source) => entriesOf(session, source, options))).flat()
}

/** Up to the first that cannot be read, which is told alone. Source: cli-runtime pkg/resource/visitor.go, VisitorList. */
export function untilFirstFailure(entries: readonly Entry[]): readonly Entry[] {
  const failed = entries.findIndex(({ ok }) => !ok)
  const first = entries[failed]
  return first === undefined || first.ok
    ? entries
    : [...entries.slice(0, failed), { ok: false, failure: first.failure }]
}

/** What could not be read of files, as one: a collection, in which what went wrong within a List is one again. Source: visitor.go, EagerVisitorList, FlattenListVisitor. */
function unread(entries: readonly Entry[]): Failure | undefined {
  const lists = new Map<unknown, Failure[]>()
  const failures: Failure[] = []
  for (const { place, ...entry } of entries) {
    if (entry.ok || place === undefined) continue
    const same = lists.get(place.list)
    if (place.list === undefined) failures.push(entry.failure)
    else if (same === undefined) {
      const held = [entry.failure]
      lists.set(place.list, held)
      failures.push({ kind: 'several', failures: held })
    } else same.push(entry.failure)
  }
  return failures.length === 0 ? undefined : { kind: 'several', failures }
}

/** What could not be had: what was named one by one, then what files hold, as one. */
export function failuresOf(entries: readonly Entry[]): readonly Failure[] {
  const named = entries.flatMap((entry) => (entry.ok || entry.place !== undefined ? [] : [entry.failure]))
  const read = unread(entries)
  return read === undefined ? named : [...named, read]
}

/** For `yield*`: does something to each; all that went wrong, in the order in which it is told. Source: visitor.go, ContinueOnErrorVisitor. */
export function* visitEach(entries: readonly Entry[], work: (info: Info) => Steps<unknown>): Steps<readonly Failure[]> {
  const failures: Failure[] = []
  for (const entry of entries) {
    const done = entry.ok ? yield* attempt(work(entry.info)) : entry
    if (!done.ok && (entry.ok || entry.place === undefined)) failures.push(done.failure)
  }
  return [...failures, ...(unread(entries) === undefined ? [] : failuresOf(entries).slice(-1))]
}

/** Those objects as the server has them now, but for those without a name. Source: cli-runtime pkg/resource/visitor.go, RetrieveLatest. */
export function* readAgain(
  session: Session,
  entries: readonly Entry[],
  options?: ReadOptions,
): Steps<readonly Entry[]> {
  return yield* inTurn(entries, (entry) => readOneAgain(session, entry, options))
}

function* readOneAgain(session: Session, entry: Entry, options?: ReadOptions): Steps<Entry> {
  if (!entry.ok || entry.info.name === '') return entry
  const { place } = entry
  const read = yield* tryToGet(session, entry.info, options)
  return read.ok ? { ok: true, info: { ...entry.info, object: read.value }, place } : { ...read, place }
}

const extensions = ['.json', '.yaml', '.yml']

function sourcesOf(session: Session, name: string, recursive: boolean): readonly Source[] {
  if (name === '-') return [{ name: 'STDIN', text: fileText(session.host.stdin ?? new Uint8Array()) }]
  if (/^https?:\/\//.test(name)) failNotSimulated(`manifests from URLs (${name})`)
  const kind = session.host.files.kind(name)
  if (kind === undefined) return fail(`the path ${goQuote(name)} does not exist`)
  const paths = kind === 'file' ? [name] : filesIn(session, name, recursive)
  if (paths.length === 0) fail(`error reading [${name}]: recognized file extensions are [${extensions.join(' ')}]`)
  return paths.map((path) => ({ name: path, text: fileText(session.host.files.read(path) ?? new Uint8Array()) }))
}

function filesIn(session: Session, directory: string, recursive: boolean): readonly string[] {
  const base = directory.replace(/\/+$/, '')
  return (session.host.files.list(directory) ?? []).flatMap((name) => {
    const path = base === '.' ? name : `${base.replace(/^\.\//, '')}/${name}`
    if (session.host.files.kind(path) === 'directory') return recursive ? filesIn(session, path, true) : []
    return extensions.some((extension) => name.endsWith(extension)) ? [path] : []
  })
}

function* entriesOf(session: Session, source: Source, options: FileOptions): Steps<readonly Entry[]> {
  const entries: Entry[] = []
  const { values, error } = readManifestDocuments(source.text, {
    onlyBareMarks: !session.version.documentMarksMayHaveComments,
    brokenJson: brokenJson(session.version),
    lowersErrors: session.version.lowersYamlErrors,
  })
  for (const value of values) {
    const wrong = options.validate?.(value)
    if (wrong !== undefined) {
      const text = `error validating ${goQuote(source.name)}: error validating data: ${wrong}; if you choose to ignore these errors, turn validation off with --validate=false`
      entries.push({ ok: false, failure: { kind: 'message', text }, place: onItsOwn })
      return entries
    }
    const items = flatten(value)
    const areItems = items.length !== 1 || items[0] !== value
    const named = areItems && !session.version.listItemsNameTheirFile ? '' : source.name
    const json = areItems ? undefined : () => jsonOf(value, source.text, values.length)
    const place = areItems ? { list: value } : onItsOwn
    entries.push(...(yield* inTurn(items, (object) => entryOf(session, named, object, { ...options, json, place }))))
  }
  if (error !== undefined) {
    const text = `error parsing ${source.name}: ${error}`
    entries.push({ ok: false, failure: { kind: 'message', text }, place: onItsOwn })
  }
  return entries
}

const onItsOwn: Place = { list: undefined }

function brokenJson({ readsBrokenJsonAsYaml, countsBytesOfBrokenJson }: ClientVersion): BrokenJson {
  if (readsBrokenJsonAsYaml) return 'read as YAML'
  return countsBytesOfBrokenJson ? 'refused by offset' : 'refused by line'
}

/** Lists give their items. Source: visitor.go, FlattenListVisitor. */
function flatten(object: unknown): readonly unknown[] {
  if (isObject(object) && Array.isArray(object.items) && textAt(object, 'kind').endsWith('List')) {
    return listAt(object, 'items').flatMap((item) => flatten(asItemOf(object, item)))
  }
  return [object]
}

/** An item of a list of one kind is of that kind where it does not say so. Source: unstructured/helpers.go, decodeToList. */
function asItemOf(list: JsonObject, item: unknown): unknown {
  const kind = textAt(list, 'kind').slice(0, -'List'.length)
  if (kind === '' || !isObject(item) || textAt(item, 'kind') !== '') return item
  return { ...item, kind, apiVersion: textAt(list, 'apiVersion') }
}

/** The text that kubectl decodes: what is JSON as it stands, of YAML what it makes of it. */
function jsonOf(document: unknown, text: string, documents: number): string {
  const whole = text.trim()
  if (!whole.startsWith('{')) return goJson(document)
  return documents === 1 ? whole : JSON.stringify(document)
}

interface EntryOptions extends FileOptions {
  /** Gives the text of a document; items of a list are not decoded once more. */
  readonly json: (() => string) | undefined
  readonly place: Place
}

function* entryOf(session: Session, source: string, object: unknown, options: EntryOptions): Steps<Entry> {
  const { place } = options
  const result = yield* attempt(infoOf(session, source, object, options))
  if (!result.ok) return { ok: false, failure: result.failure, place }
  const { namespace, mapping } = result.value
  if (!mapping.namespaced || !session.namespaceIsExplicit || namespace === session.namespace)
    return { ok: true, info: result.value, place }
  // It is looked at after all has been read. Source: visitor.go, RequireNamespace.
  const text = `the namespace from the provided object ${goQuote(namespace)} does not match the namespace ${goQuote(session.namespace)}. You must pass '--namespace=${namespace}' to perform this operation.`
  return { ok: false, failure: { kind: 'message', text } }
}

function* infoOf(session: Session, source: string, object: unknown, options: EntryOptions): Steps<Info> {
  const { keepsNamespaces = false, json } = options
  // Source: unstructured/helpers.go, unstructuredJSONScheme.decode.
  if (!isObject(object)) {
    const wrong = `json: cannot unmarshal ${goJsonType(object)} into Go value of type`
    const told =
      options.isTyped === true
        ? `couldn't get version/kind; json parse error: ${wrong} ${interpretedStruct}`
        : `${wrong} unstructured.detector`
    return fail(`unable to decode ${goQuote(source)}: ${told}`)
  }
  if (options.isTyped === true) checkTypeTexts(source, object)
  const [apiVersion, kind] = [textAt(object, 'apiVersion'), textAt(object, 'kind')]
  const unknown = kindError(object, options.isTyped === true)
  if (unknown !== undefined)
    fail(
      `unable to decode ${goQuote(source)}: ${unknown.replace(/missing$/, () => `missing in '${json?.() ?? goJson(object)}'`)}`,
    )
  const wrong = json === undefined ? undefined : metadataError(object, json, session.version)
  if (wrong !== undefined) fail(`unable to decode ${goQuote(source)}: ${wrong}`)
  if (options.isTyped === true) {
    const error = structError(apiVersion, kind, json?.() ?? goJson(object), session.version)
    if (error !== undefined) fail(`unable to decode ${goQuote(source)}: ${error}`)
  }
  if (options.isOffline === true)
    return {
      mapping: localMapping(apiVersion, kind),
      namespace: '',
      name: textAt(object, 'metadata', 'name'),
      source,
      object,
    }
  const found = yield* attempt(session.discovery.forKind(apiVersion, kind))
  if (!found.ok) throw new CommandFailure(unrecognized(session, source, object, found.failure))
  const mapping = found.value
  const given = textAt(object, 'metadata', 'namespace')
  const namespace = mapping.namespaced ? given || session.namespace : ''
  return {
    mapping,
    namespace,
    name: textAt(object, 'metadata', 'name'),
    source,
    object:
      mapping.namespaced && given === '' && !keepsNamespaces
        ? withValue(object, ['metadata', 'namespace'], namespace)
        : object,
  }
}

/**
 * Why nobody knows of which kind an object is. What is no struct may lack its version; a kind that is no text counts as none.
 * Sources: apimachinery serializer/json/json.go, Decode; schema/group_version.go, ParseGroupVersion; unstructured/unstructured.go, GroupVersionKind.
 */
function kindError(object: JsonObject, isTyped: boolean): string | undefined {
  const [apiVersion, kind] = [textAt(object, 'apiVersion'), textAt(object, 'kind')]
  const isGroupVersion = apiVersion.split('/').length <= 2
  if (isTyped && !isGroupVersion) return `unexpected GroupVersion string: ${apiVersion}`
  if (kind === '' || typeof object.kind !== 'string' || !isGroupVersion) return "Object 'Kind' is missing"
  return isTyped && /^$|\/$/.test(apiVersion) ? "Object 'apiVersion' is missing" : undefined
}

/** What says of which kind an object is, as Go names it. Source: apimachinery serializer/json/meta.go, Interpret. */
const interpretedStruct = `struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`

/** What becomes a struct must tell its type in texts. Source: apimachinery serializer/json/meta.go, Interpret. */
function checkTypeTexts(source: string, object: Readonly<Record<string, unknown>>): void {
  const wrong = ['apiVersion', 'kind'].find(
    (key) => !['string', 'undefined'].includes(typeof object[key]) && object[key] !== null,
  )
  if (wrong === undefined) return
  const type = goJsonType(object[wrong])
  fail(
    `unable to decode ${goQuote(source)}: couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go struct field .${wrong} of type string`,
  )
}

function goJsonType(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
}

function unrecognized(session: Session, source: string, object: unknown, failure: Failure): Failure {
  if (failure.kind !== 'message') return failure
  if (!session.version.longMappingError) return prefixed(`unable to recognize ${goQuote(source)}: `, failure)
  const [name, namespace] = [textAt(object, 'metadata', 'name'), textAt(object, 'metadata', 'namespace')]
  const head = `resource mapping not found for name: ${goQuote(name)} namespace: ${goQuote(namespace)} from ${goQuote(source)}: `
  return { kind: 'message', text: `${head}${failure.text}\nensure CRDs are installed first` }
}
