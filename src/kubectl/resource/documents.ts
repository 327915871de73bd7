import { parseDocument } from 'yaml'

export type ParsedDocument =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: string }

/**
 * The documents of a manifest: YAML set off by lines of `---`, or JSON values one after the other. Empty ones are
 * skipped. Source: k8s.io/apimachinery pkg/util/yaml/decoder.go, NewYAMLOrJSONDecoder.
 */
export function parseManifest(text: string): readonly ParsedDocument[] {
  if (/^\s*\{/.test(text)) return parseJsonStream(text)
  return splitYaml(text)
    .filter((part) => part.trim() !== '')
    .map(parseYaml)
    .filter((parsed) => !parsed.ok || (parsed.value !== null && parsed.value !== undefined))
}

function splitYaml(text: string): readonly string[] {
  const parts: string[] = []
  let part: string[] = []
  for (const line of text.split('\n')) {
    if (/^---\s*(#.*)?$/.test(line)) {
      parts.push(part.join('\n'))
      part = []
    } else part.push(line)
  }
  parts.push(part.join('\n'))
  return parts
}

/** One document as YAML 1.1, as go-yaml v2 reads it; errors in its words as far as they are known. */
export function parseYaml(text: string): ParsedDocument {
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    strict: false,
    logLevel: 'silent',
  })
  const [error] = document.errors
  if (error !== undefined) {
    const line = error.linePos?.[0].line ?? 1
    return { ok: false, error: `error converting YAML to JSON: yaml: ${goYamlError(error.code, line, error.message)}` }
  }
  return { ok: true, value: plain(document.toJS({ maxAliasCount: 1000 })) }
}

/** Source: gopkg.in/yaml.v2 scannerc.go and parserc.go. */
function goYamlError(code: string, line: number, message: string): string {
  switch (code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'BAD_INDENT':
      return `line ${line}: mapping values are not allowed in this context`
    case 'TAB_AS_INDENT':
      return `line ${line}: found character that cannot start any token`
    case 'MISSING_CHAR':
      return /quote/.test(message)
        ? `line ${line}: found unexpected end of stream`
        : `line ${line}: could not find expected ':'`
    case 'BAD_ALIAS':
      return 'unknown anchor referenced'
    default:
      return `line ${line}: did not find expected key`
  }
}

/** Keys as texts, dates as they were written: what is left after a way through JSON. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, item]) => [String(key), plain(item)]))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

function parseJsonStream(text: string): readonly ParsedDocument[] {
  const documents: ParsedDocument[] = []
  for (let rest = text.trim(); rest !== ''; ) {
    const end = endOfJson(rest)
    try {
      documents.push({ ok: true, value: JSON.parse(rest.slice(0, end)) })
    } catch {
      documents.push({ ok: false, error: 'json: invalid syntax' })
      break
    }
    rest = rest.slice(end).trim()
  }
  return documents
}

/** Where the first JSON object ends. */
function endOfJson(text: string): number {
  let depth = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (quoted) {
      if (char === '\\') i++
      else if (char === '"') quoted = false
    } else if (char === '"') quoted = true
    else if (char === '{' || char === '[') depth++
    else if ((char === '}' || char === ']') && --depth === 0) return i + 1
  }
  return text.length
}
