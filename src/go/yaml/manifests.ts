/**
 * The documents of a manifest as kubectl's builder takes them from a file.
 * Source: k8s.io/apimachinery pkg/util/yaml/decoder.go, YAMLOrJSONDecoder and YAMLReader.
 */
import { utf8Text } from '../../bytes/bytes.ts'
import { fromYaml } from './from-yaml.ts'

/** What a file holds: the values of its documents in order, and the error that ended reading, if one did. */
export interface ManifestDocuments {
  /** Empty documents (null) are left out. */
  readonly values: readonly unknown[]
  /** As after `error parsing FILE: `. */
  readonly error: string | undefined
}

/** How far the decoder looks for the brace that tells JSON from YAML, in bytes. */
const guessBytes = 4096

/** Reads JSON or YAML, whichever the content begins like. */
export function readManifestDocuments(content: string | Uint8Array): ManifestDocuments {
  const text = typeof content === 'string' ? content : utf8Text(content)
  const start = text.slice(0, guessBytes).trimStart()
  return start.startsWith('{') ? jsonDocuments(text) : yamlDocuments(text)
}

function yamlDocuments(text: string): ManifestDocuments {
  const values: unknown[] = []
  for (const chunk of splitYamlDocuments(text)) {
    const result = fromYaml(chunk)
    if (!result.ok) return { values, error: `error converting YAML to JSON: ${result.error}` }
    if (result.value !== null) values.push(result.value)
  }
  return { values, error: undefined }
}

/**
 * Splits at lines that hold nothing but `---`. A line with more after it stays in its chunk, where go-yaml then reads
 * only the first document.
 */
export function splitYamlDocuments(text: string): readonly string[] {
  const chunks: string[] = []
  let chunk = ''
  for (const line of text.split(/(?<=\n)/)) {
    if (line.startsWith('---') && line.slice(3).trimEnd() === '') {
      if (chunk !== '') chunks.push(chunk)
      chunk = ''
    } else {
      chunk += line
    }
  }
  if (chunk !== '') chunks.push(chunk)
  return chunks
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

/** Where the object that begins a text ends; the whole length if it does not. */
function jsonValueEnd(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
    } else if (char === '{' || char === '[') {
      depth++
    } else if (char === '}' || char === ']') {
      depth--
      if (depth <= 0) return i + 1
    }
  }
  return text.length
}
