/**
 * The documents of a manifest as kubectl's builder takes them from a file.
 * Source: k8s.io/apimachinery pkg/util/yaml/decoder.go, YAMLOrJSONDecoder and YAMLReader.
 */
import { utf8Text } from '../../bytes/bytes.ts'
import { fromYaml } from './from-yaml.ts'
import { type BrokenJson, jsonStream, jsonValueEnd } from './json-stream.ts'

/** What a file holds: the values of its documents in order, and the error that ended reading, if one did. */
export interface ManifestDocuments {
  /** Empty documents (null) are left out. */
  readonly values: readonly unknown[]
  /** As after `error parsing FILE: `. */
  readonly error: string | undefined
}

/** How far the decoder looks for the brace that tells JSON from YAML, in bytes. */
const guessBytes = 4096

/** How documents are told apart. */
export interface ManifestOptions {
  /** Before v1.22 only blanks may follow `---`; what else stands behind it makes the line part of its document. */
  readonly onlyBareMarks?: boolean
  /** What becomes of text that begins as JSON and is none; absent: YAML, without a word. */
  readonly brokenJson?: BrokenJson
  /** As `FromYamlOptions` has it. */
  readonly lowersErrors?: boolean
}

/** Reads JSON or YAML, whichever the content begins like. */
export function readManifestDocuments(content: string | Uint8Array, options: ManifestOptions = {}): ManifestDocuments {
  const text = typeof content === 'string' ? content : utf8Text(content)
  const start = text.slice(0, guessBytes).trimStart()
  if (!start.startsWith('{')) return yamlDocuments(text, options)
  const { brokenJson } = options
  return brokenJson === undefined
    ? jsonDocuments(text)
    : jsonStream(text, brokenJson, (rest) => yamlDocuments(rest, options))
}

const lowered = { lowersErrors: true } as const

function yamlDocuments(text: string, options: ManifestOptions = {}): ManifestDocuments {
  const values: unknown[] = []
  const { chunks, error } = splitYamlDocuments(text, options)
  for (const chunk of chunks) {
    const result = fromYaml(chunk.text, options.lowersErrors === true ? lowered : {})
    if (!result.ok) return { values, error: `error converting YAML to JSON: ${result.error}` }
    if (result.value !== null) values.push(result.value)
  }
  return { values, error }
}

/** One document's text, with plain line ends, and where it lies in the whole. */
export interface YamlChunk {
  readonly text: string
  readonly start: number
  readonly end: number
}

/**
 * Splits at lines that begin with `---` and hold no more than a comment. Every line gets a plain line end, the last one
 * too, so that a block of text at the end of a file has its newline.
 * Source: pkg/util/yaml/decoder.go, YAMLReader.Read and LineReader.Read.
 */
export function splitYamlDocuments(
  text: string,
  { onlyBareMarks = false }: ManifestOptions = {},
): { readonly chunks: readonly YamlChunk[]; readonly error: string | undefined } {
  const chunks: YamlChunk[] = []
  let chunk = ''
  let start = 0
  let at = 0
  const close = (): void => {
    if (chunk !== '') chunks.push({ text: chunk, start, end: at })
    chunk = ''
  }
  for (const whole of text.split(/(?<=\n)/)) {
    const line = whole.replace(/\r?\n$/, '')
    const rest = line.startsWith('---') ? line.slice(3).trim() : undefined
    const isMark = rest === '' || (rest !== undefined && !onlyBareMarks)
    if (rest !== undefined && isMark && rest !== '' && !rest.startsWith('#'))
      return { chunks, error: `invalid Yaml document separator: ${rest}` }
    if (isMark && chunk !== '') close()
    else if (whole !== '') {
      if (chunk === '') start = at
      chunk += `${line}\n`
    }
    at += whole.length
  }
  close()
  return { chunks, error: undefined }
}

function jsonDocuments(text: string): ManifestDocuments {
  const values: unknown[] = []
  for (let rest = text.trimStart(); rest !== ''; ) {
    const end = jsonValueEnd(rest)
    const document = rest.slice(0, end)
    try {
      const value: unknown = JSON.parse(document)
      if (value !== null) values.push(value)
    } catch {
      // kubectl falls back to YAML for what begins like JSON but is none.
      return yamlDocuments(text)
    }
    rest = rest.slice(end).replace(/^\s*(?:---\s*\n)?\s*/, '')
  }
  return { values, error: undefined }
}
