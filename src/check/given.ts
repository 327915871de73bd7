import { type Document, parseAllDocuments } from 'yaml'
import { isObject, type JsonObject, textAt } from '../go/json.ts'
import { readManifestDocuments, splitYamlDocuments } from '../go/yaml/manifests.ts'
import { lineAndColumn } from '../scenario/diagnostic.ts'
import { keyRange, valueRange, type YamlPath } from '../scenario/positions.ts'

/** A file of manifests as it was handed over: YAML or JSON, any number of documents. */
export interface ManifestFile {
  /** As the user named it; `-` for standard input. */
  readonly name: string
  readonly text: string
}

/** A place in a file, counted from 1. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One object of a file, and where each part of it stands. */
export interface GivenObject {
  readonly object: JsonObject
  /** `apps/v1`, `v1`. */
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  /** Empty: none was written, so the one that objects are applied to holds. */
  readonly namespace: string
  /** Place of the value at a path of the object, or of its key; the nearest that exists around it. */
  readonly place: (path: YamlPath, at?: 'key' | 'value') => Place
}

/** A file, or a part of it, that is no manifest. */
export interface Unreadable {
  readonly place: Place
  readonly message: string
}

export interface Given {
  readonly objects: readonly GivenObject[]
  readonly unreadable: readonly Unreadable[]
}

/** The objects of all files in their order, Lists taken apart, as kubectl's builder reads them. */
export function readGiven(files: readonly ManifestFile[]): Given {
  const objects: GivenObject[] = []
  const unreadable: Unreadable[] = []
  for (const file of files) {
    for (const chunk of chunksOf(file)) {
      const { values, error } = readManifestDocuments(chunk.text)
      if (error !== undefined) unreadable.push({ place: errorPlace(file, chunk, error), message: error })
      for (const [i, value] of values.entries()) {
        const source = sourceOf(file, chunk, i)
        for (const given of isObject(value) ? objectsIn(value, source, []) : [undefined]) {
          const lacks = given === undefined ? 'an object with apiVersion and kind' : lacking(given)
          if (given !== undefined && lacks === '') objects.push(given)
          else
            unreadable.push({ place: (given?.place ?? source)([]), message: `this is no manifest: expected ${lacks}` })
        }
      }
    }
  }
  return { objects, unreadable }
}

/** What a manifest needs and an object has not; empty: nothing. Source: apimachinery serializer/json/meta.go, Interpret. */
function lacking({ apiVersion, kind }: GivenObject): string {
  return [...(apiVersion === '' ? ['apiVersion'] : []), ...(kind === '' ? ['kind'] : [])].join(' and ')
}

/** A document of a file: YAML is cut at its marks, so that positions are only worked out where somebody asks. */
interface Chunk {
  readonly text: string
  readonly offset: number
  /** Its documents with positions. Parsed at the first question, and once: JSON of many documents is one chunk. */
  readonly documents: () => readonly Document[]
}

function chunkOf(text: string, offset: number): Chunk {
  let documents: readonly Document[] | undefined
  return {
    text,
    offset,
    documents: () => {
      documents ??= documentsOf(text)
      return documents
    },
  }
}

function chunksOf({ text }: ManifestFile): readonly Chunk[] {
  if (text.trimStart().startsWith('{')) return [chunkOf(text, 0)]
  const { chunks, error } = splitYamlDocuments(text)
  const parts = chunks.map(({ start, end }) => chunkOf(text.slice(start, end), start))
  const end = chunks.at(-1)?.end ?? 0
  // What cannot be split is told when it is read.
  return error === undefined ? parts : [...parts, chunkOf(text.slice(end), end)]
}

type PlaceOf = GivenObject['place']

/** Places of the `index`th document of a chunk. */
function sourceOf(file: ManifestFile, chunk: Chunk, index: number): PlaceOf {
  return (path, at = 'value') => {
    const document = chunk.documents()[index]
    const range = document === undefined ? [0] : at === 'key' ? keyRange(document, path) : valueRange(document, path)
    return { file: file.name, ...lineAndColumn(file.text, chunk.offset + range[0]) }
  }
}

function documentsOf(text: string): readonly Document[] {
  const documents = parseAllDocuments(text, { version: '1.1', prettyErrors: false, strict: false, uniqueKeys: false })
  return Array.isArray(documents) ? documents.filter(({ contents }) => contents !== null) : []
}

/** go-yaml counts lines from the chunk's start; where it names none, the place at which another parser stumbles is told. */
function errorPlace(file: ManifestFile, chunk: Chunk, error: string): Place {
  const told = /\bline (\d+)\b/.exec(error)?.[1]
  if (told === undefined) {
    const documents = parseAllDocuments(chunk.text, { version: '1.1', prettyErrors: false })
    const [first] = Array.isArray(documents) ? documents.flatMap(({ errors }) => errors) : []
    if (first !== undefined) return { file: file.name, ...lineAndColumn(file.text, chunk.offset + first.pos[0]) }
  }
  const line = Number(told ?? 1)
  const start = lineAndColumn(file.text, chunk.offset)
  return { file: file.name, line: start.line + line - 1, column: 1 }
}

function objectsIn(object: JsonObject, source: PlaceOf, path: YamlPath): readonly GivenObject[] {
  const { items } = object
  if (textAt(object, 'kind').endsWith('List') && Array.isArray(items)) {
    return items.flatMap((item: unknown, i) => (isObject(item) ? objectsIn(item, source, [...path, 'items', i]) : []))
  }
  return [
    {
      object,
      apiVersion: textAt(object, 'apiVersion'),
      kind: textAt(object, 'kind'),
      name: textAt(object, 'metadata', 'name'),
      namespace: textAt(object, 'metadata', 'namespace'),
      place: (inner, at) => source([...path, ...inner], at),
    },
  ]
}
