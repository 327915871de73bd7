import { type Document, isCollection, isPair, isScalar, parseDocument, visit, type YAMLError } from 'yaml'
import { quoted } from '../sim/input/words.ts'
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts'

/** A scenario's text as YAML 1.2: the document and its value, or what keeps it from being one. */
export type ReadText =
  | { readonly ok: true; readonly document: Document; readonly value: unknown }
  | { readonly ok: false; readonly errors: readonly [Diagnostic, ...Diagnostic[]] }

/** Name of what the parser throws when aliases grow beyond its limit; one without an anchor was told before. */
const tooManyAliases = 'ReferenceError'

/** More errors than these follow from the first ones. */
const mostErrors = 5

export function readYaml(text: string, file: string): ReadText {
  const fail = (code: DiagnosticCode, message: string, range: Diagnostic['range']): ReadText => ({
    ok: false,
    errors: [{ code, message, file, range }],
  })
  if (text.trim() === '')
    return fail('EMPTY_FILE', 'the file is empty; expected a scenario with title and steps', [0, 0])
  try {
    const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true })
    // What YAML takes as a warning (an unknown tag) changes what a value means: here it is an error.
    const all = [...document.errors, ...document.warnings]
    const exhausted = all.find(({ code }) => code === 'RESOURCE_EXHAUSTION')
    const [first, ...more] = exhausted === undefined ? all.slice(0, mostErrors) : [exhausted]
    if (first !== undefined)
      return {
        ok: false,
        errors: [
          diagnosticOf(first, document, text, file),
          ...more.map((each) => diagnosticOf(each, document, text, file)),
        ],
      }
    if (document.directives?.yaml.explicit === true && document.directives.yaml.version !== '1.2')
      return fail('YAML_SYNTAX', 'a scenario is YAML 1.2; expected no %YAML directive, or that of 1.2', [0, 1])
    const odd = oddKey(document.contents)
    if (odd !== undefined) return fail('YAML_SYNTAX', 'a key is a map or a list; expected a text', odd)
    const bad = text.includes('*') ? badAlias(document) : undefined
    if (bad !== undefined) return fail('YAML_SYNTAX', bad.message, bad.range)
    const value: unknown = document.toJS({ maxAliasCount: 100 })
    if (value === null || value === undefined)
      return fail('EMPTY_FILE', 'the file holds only comments; expected a scenario with title and steps', [0, 1])
    return { ok: true, document, value }
  } catch (error) {
    // The parser recurses, and so would everything after it; and aliases of aliases grow without end.
    if (error instanceof RangeError) return fail('YAML_SYNTAX', 'the text is nested too deeply', [0, 1])
    if (error instanceof Error && error.name === tooManyAliases)
      return fail('YAML_SYNTAX', 'there are too many aliases of aliases', [0, 1])
    throw error
  }
}

/** The first alias of which there is no anchor, or that stands inside of what it names. */
function badAlias(document: Document): Pick<Diagnostic, 'message' | 'range'> | undefined {
  let found: Pick<Diagnostic, 'message' | 'range'> | undefined
  visit(document, {
    Alias(_, alias, around) {
      const named = alias.resolve(document)
      if (named !== undefined && !around.some((node) => node === named)) return undefined
      const message =
        named === undefined ? 'an alias names no anchor before it' : 'an alias stands inside of what it names'
      found = { message, range: [alias.range?.[0] ?? 0, alias.range?.[1] ?? 1] }
      return visit.BREAK
    },
  })
  return found
}

/** Range of the first key that is no scalar. */
function oddKey(node: unknown): Diagnostic['range'] | undefined {
  if (!isCollection(node)) return undefined
  for (const item of node.items) {
    const { key, value } = isPair(item) ? item : { key: undefined, value: item }
    if (isPair(item) && !isScalar(key)) {
      const range = (key as { readonly range?: readonly number[] } | null)?.range
      return [range?.[0] ?? 0, range?.[1] ?? 1]
    }
    const inner = oddKey(value)
    if (inner !== undefined) return inner
  }
  return undefined
}

/** What the parser's codes mean, in words of ours. Source: eemeli/yaml src/errors.ts, ErrorCode. */
const errorWords: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias has an anchor or a tag of its own',
  BAD_ALIAS: 'an alias names no anchor',
  BAD_COLLECTION_TYPE: 'a tag does not fit what it stands before',
  BAD_DIRECTIVE: 'a directive (a line that begins with %) is wrong',
  BAD_DQ_ESCAPE: 'there is no such escape in double quotes; in single quotes a backslash is itself',
  BAD_INDENT: 'the indentation fits nothing above it',
  BAD_PROP_ORDER: 'an anchor or tag stands where none can be',
  BAD_SCALAR_START: 'a text begins with a character that means something in YAML; put it into quotes',
  BLOCK_AS_IMPLICIT_KEY:
    'a map begins on a line with something before it; put the text into quotes or begin a new line',
  BLOCK_IN_FLOW: 'a block stands inside braces or brackets',
  IMPOSSIBLE: 'the text is no YAML',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a quote, brace, bracket, comma or colon is missing, or a blank after a colon',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines; a colon or a quote is missing',
  MULTIPLE_ANCHORS: 'a value has more than one anchor',
  MULTIPLE_DOCS: 'the file has more than one document (---); a scenario is one',
  MULTIPLE_TAGS: 'a value has more than one tag',
  NON_STRING_KEY: 'a key is no text',
  RESOURCE_EXHAUSTION: 'the text is nested too deeply, or has too many aliases',
  TAB_AS_INDENT: 'found a tab where YAML wants spaces: indent with spaces',
  TAG_RESOLVE_FAILED: 'there is no such tag; a text that begins with ! needs quotes',
  UNEXPECTED_TOKEN: 'there is something that fits nothing; a text with : or # in it needs quotes',
}

/** What is wrong with YAML, without the parser's own words. */
export function yamlErrorText({ code }: Pick<YAMLError, 'code'>): string {
  return errorWords[code] ?? 'the text is no YAML'
}

function diagnosticOf(error: YAMLError, document: Document, text: string, file: string): Diagnostic {
  const [start, end] = error.pos
  if (error.code === 'DUPLICATE_KEY') return duplicateKey(start, document, text, file)
  const tab = text.indexOf('\t', Math.max(0, text.lastIndexOf('\n', start)))
  const isTab =
    error.code === 'TAB_AS_INDENT' ||
    (tab !== -1 && tab <= end && /^\s*$/.test(text.slice(text.lastIndexOf('\n', tab) + 1, tab)))
  if (isTab) {
    const at = text[start] === '\t' ? start : tab === -1 ? start : tab
    return { code: 'YAML_SYNTAX', message: errorWords.TAB_AS_INDENT ?? '', file, range: [at, at + 1] }
  }
  return { code: 'YAML_SYNTAX', message: yamlErrorText(error), file, range: [start, Math.max(start + 1, end)] }
}

/** Names the key, and the line where it stood before. */
function duplicateKey(start: number, document: Document, text: string, file: string): Diagnostic {
  let key = ''
  let before = 0
  visit(document, {
    Map(_, map) {
      const keys = map.items.map((pair) => pair.key)
      const second = keys.find((each) => isScalar(each) && each.range?.[0] === start)
      if (!isScalar(second)) return undefined
      key = String(second.value)
      const first = keys.find((each) => isScalar(each) && each.value === second.value)
      before = isScalar(first) ? text.slice(0, first.range?.[0] ?? 0).split('\n').length : 0
      return visit.BREAK
    },
  })
  const message = key === '' ? 'a key stands twice' : `the key ${quoted(key)} stands twice, first in line ${before}`
  return { code: 'YAML_SYNTAX', message, file, range: [start, start + Math.max(1, key.length)] }
}
