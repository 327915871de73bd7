import { isScalar, parseAllDocuments, type Scalar } from 'yaml'
import { type ManifestDocuments, readManifestDocuments } from '../go/yaml/manifests.ts'
import { type ManifestIssue, manifestIssues } from './manifest-check.ts'
import { keyRange, type Range, valueRange, type YamlPath } from './positions.ts'
import { yamlErrorText } from './yaml-text.ts'

/** A mistake in the text of manifests; offsets are those of the text that was given. */
export interface TextIssue extends Omit<ManifestIssue, 'path' | 'isAtKey'> {
  readonly range: Range
}

/** What the page says of base64 with line ends; the real server skips them (C7). */
export const newlineWarning =
  'Newlines are not valid within base64 values and must be omitted; the API server skips them, other tools do not'

/** Reads manifests as kubectl does. */
export type ManifestReader = (text: string) => ManifestDocuments

/** One for all that looks at the manifests of a scenario while it is loaded: no text is read twice. */
export function manifestReader(): ManifestReader {
  const known = new Map<string, ManifestDocuments>()
  return (text) => {
    const documents = known.get(text) ?? readManifestDocuments(text)
    known.set(text, documents)
    return documents
  }
}

export interface CheckedText {
  readonly errors: readonly TextIssue[]
  readonly warnings: readonly TextIssue[]
}

/** Checks manifests as text: YAML first, as kubectl reads it, then each object by the schema of its kind. */
export function checkManifestText(text: string, minor: number, read: ManifestReader): CheckedText {
  const documents = parseAllDocuments(text, { version: '1.1', prettyErrors: false })
  if (!Array.isArray(documents)) return { errors: [], warnings: [] }
  const failed = documents.flatMap(({ errors }) => errors)
  const { error } = read(text)
  if (failed[0] !== undefined || error !== undefined) {
    const [start, end] = failed[0]?.pos ?? [0, 1]
    const message = (failed[0] === undefined ? error : yamlErrorText(failed[0])) ?? 'the manifest is no YAML'
    return { errors: [{ message, range: [start, Math.max(start + 1, end)] }], warnings: [] }
  }
  const errors: TextIssue[] = []
  const warnings: TextIssue[] = []
  for (const document of documents) {
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    if (value === null || value === undefined) continue
    const place = (path: YamlPath, isAtKey: boolean): Range =>
      isAtKey ? keyRange(document, path) : valueRange(document, path)
    for (const { path, isAtKey, ...told } of manifestIssues(value, minor))
      errors.push({ ...told, range: place(path, isAtKey) })
    for (const key of keysWithNewlines(value))
      warnings.push({ message: newlineWarning, range: place(['data', key], false) })
  }
  return { errors, warnings }
}

/** Keys of a Secret's data whose base64 has line ends inside. */
export function keysWithNewlines(value: unknown): readonly string[] {
  const { kind, data } = (value ?? {}) as { readonly kind?: unknown; readonly data?: unknown }
  if (kind !== 'Secret' || typeof data !== 'object' || data === null) return []
  return Object.entries(data).flatMap(([key, text]) => (typeof text === 'string' && /[\r\n]./.test(text) ? [key] : []))
}

/**
 * Where an offset of a literal block's text (`|`) stands in the file. In other scalars text and source differ in ways
 * that are not worth following: there it is the scalar itself.
 */
export function offsetInFile(source: string, node: unknown, offset: number): number {
  if (!isScalar(node)) return 0
  const { range, type, value } = node as Scalar
  const start = range?.[0] ?? 0
  if (type !== 'BLOCK_LITERAL' || typeof value !== 'string') return start
  const before = value.slice(0, offset).split('\n')
  const body = source.indexOf('\n', start) + 1
  const lines = source.slice(body).split('\n')
  const indent = indentOf(lines)
  let at = body
  for (const line of lines.slice(0, before.length - 1)) at += line.length + 1
  const column = before[before.length - 1]?.length ?? 0
  return at + Math.min(indent + column, lines[before.length - 1]?.length ?? 0)
}

/** Blanks before the first line that has text. */
function indentOf(lines: readonly string[]): number {
  const first = lines.find((line) => line.trim() !== '') ?? ''
  return first.length - first.trimStart().length
}
