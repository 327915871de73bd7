/** A good part of Go's text/template: pipelines, variables, if, range, with. Source: Go text/template/parse. */
export type Part =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'output'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range'
      readonly pipeline: Pipeline
      readonly body: readonly Part[]
      readonly otherwise: readonly Part[]
    }

export interface Pipeline {
  /** Variables that get the value; two for the key and value of a range. */
  readonly assigns: readonly string[]
  readonly commands: readonly (readonly Operand[])[]
}

export type Operand =
  | { readonly kind: 'literal'; readonly value: unknown }
  | { readonly kind: 'dot' }
  | { readonly kind: 'chain'; readonly of: Operand; readonly fields: readonly string[] }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'function'; readonly name: string }
  | { readonly kind: 'pipeline'; readonly pipeline: Pipeline }

export class TemplateFailure extends Error {}

export function templateWrong(text: string): never {
  throw new TemplateFailure(text)
}

interface Chunk {
  readonly text?: string
  readonly action?: string
}

export function parseTemplate(source: string): readonly Part[] {
  const chunks = split(source)
  const reader = { i: 0 }
  const parts = parseParts(chunks, reader, [])
  if (reader.i < chunks.length) templateWrong(`unexpected {{${chunks[reader.i]?.action ?? ''}}}`)
  return parts
}

/** Text and actions, with the blanks that `{{-` and `-}}` eat already gone. */
function split(source: string): readonly Chunk[] {
  const chunks: Chunk[] = []
  let position = 0
  let trimNext = false
  for (;;) {
    const open = source.indexOf('{{', position)
    let text = source.slice(position, open < 0 ? undefined : open)
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, '')
    const trimsBefore = open >= 0 && /^-\s/.test(source.slice(open + 2))
    if (trimsBefore) text = text.replace(/[ \t\r\n]+$/, '')
    if (text !== '') chunks.push({ text })
    if (open < 0) return chunks
    const close = closingBraces(source, open + 2)
    let action = source.slice(open + 2, close)
    if (trimsBefore) action = action.slice(1)
    trimNext = /\s-$/.test(action)
    if (trimNext) action = action.slice(0, -1)
    action = action.trim()
    if (!action.startsWith('/*')) chunks.push({ action })
    position = close + 2
  }
}

function closingBraces(source: string, from: number): number {
  for (let i = from; i < source.length; i++) {
    const char = source[i]
    if (char === '"' || char === '`') {
      const end = char === '`' ? source.indexOf('`', i + 1) : endOfQuote(source, i)
      if (end < 0) templateWrong('unterminated quoted string')
      i = end
    } else if (source.startsWith('}}', i)) return i
  }
  return templateWrong('unclosed action')
}

function endOfQuote(source: string, start: number): number {
  for (let i = start + 1; i < source.length; i++) {
    if (source[i] === '\\') i++
    else if (source[i] === '"') return i
  }
  return -1
}

function parseParts(chunks: readonly Chunk[], reader: { i: number }, stops: readonly string[]): readonly Part[] {
  const parts: Part[] = []
  while (reader.i < chunks.length) {
    const chunk = chunks[reader.i]
    if (chunk === undefined) break
    if (chunk.text !== undefined) {
      parts.push({ kind: 'text', text: chunk.text })
      reader.i++
      continue
    }
    const action = chunk.action ?? ''
    const word = /^\w+/.exec(action)?.[0] ?? ''
    if (stops.includes(word)) return parts
    reader.i++
    if (word === 'if' || word === 'with' || word === 'range') parts.push(parseBlock(word, action, chunks, reader))
    else if (word === 'end' || word === 'else') templateWrong(`unexpected {{${word}}}`)
    else if (['define', 'template', 'block', 'break', 'continue'].includes(word)) {
      templateWrong(`podsim does not simulate {{${word}}} in templates`)
    } else parts.push({ kind: 'output', pipeline: parsePipeline(action) })
  }
  if (stops.length > 0) templateWrong('unexpected EOF')
  return parts
}

function parseBlock(
  kind: 'if' | 'with' | 'range',
  action: string,
  chunks: readonly Chunk[],
  reader: { i: number },
): Part {
  const pipeline = parsePipeline(action.slice(kind.length).trim())
  const body = parseParts(chunks, reader, ['else', 'end'])
  const stop = chunks[reader.i]?.action ?? ''
  reader.i++
  if (!stop.startsWith('else')) return { kind, pipeline, body, otherwise: [] }
  const chained = stop.slice(4).trim()
  if (chained.startsWith('if')) {
    // `else if` shares the end of its chain.
    return { kind, pipeline, body, otherwise: [parseBlock('if', chained, chunks, reader)] }
  }
  const otherwise = parseParts(chunks, reader, ['end'])
  reader.i++
  return { kind, pipeline, body, otherwise }
}

const tokenPattern =
  /\s*(?:("(?:[^"\\]|\\.)*"|`[^`]*`|'(?:[^'\\]|\\.)')|(:=|=|,|\||\(|\))|([+-]?\d[\w.]*)|((?:\$\w*|\w+)?(?:\.\w+)*\.?|\.))/y

function parsePipeline(text: string): Pipeline {
  const tokens = tokenize(text)
  const assigns: string[] = []
  const assignAt = tokens.findIndex((token) => token === ':=' || token === '=')
  if (assignAt > 0) {
    assigns.push(...tokens.slice(0, assignAt).filter((token) => token !== ','))
    tokens.splice(0, assignAt + 1)
  }
  const reader = { i: 0 }
  const commands = parseCommands(tokens, reader)
  if (reader.i < tokens.length) templateWrong(`unexpected ${JSON.stringify(tokens[reader.i])} in command`)
  if (commands.every((command) => command.length === 0)) templateWrong('missing value for command')
  return { assigns, commands }
}

function tokenize(text: string): string[] {
  const tokens: string[] = []
  tokenPattern.lastIndex = 0
  while (tokenPattern.lastIndex < text.length) {
    const start = tokenPattern.lastIndex
    const match = tokenPattern.exec(text)
    const token = match?.[0].trim() ?? ''
    if (match === null || tokenPattern.lastIndex === start)
      templateWrong(`unexpected ${JSON.stringify(text[start])} in command`)
    if (token !== '') tokens.push(token)
    if (text.slice(tokenPattern.lastIndex).trim() === '') break
  }
  return tokens
}

function parseCommands(tokens: readonly string[], reader: { i: number }): readonly (readonly Operand[])[] {
  const commands: Operand[][] = [[]]
  for (; reader.i < tokens.length; reader.i++) {
    const token = tokens[reader.i] ?? ''
    if (token === ')') break
    if (token === '|') {
      commands.push([])
      continue
    }
    commands.at(-1)?.push(parseOperand(tokens, reader))
  }
  return commands
}

function parseOperand(tokens: readonly string[], reader: { i: number }): Operand {
  const token = tokens[reader.i] ?? ''
  if (token === '(') {
    reader.i++
    const pipeline: Pipeline = { assigns: [], commands: parseCommands(tokens, reader) }
    if (tokens[reader.i] !== ')') templateWrong('unclosed left paren')
    const chained = tokens[reader.i + 1]
    if (chained?.startsWith('.') !== true || chained === '.') return { kind: 'pipeline', pipeline }
    reader.i++
    return { kind: 'chain', of: { kind: 'pipeline', pipeline }, fields: chained.slice(1).split('.') }
  }
  if (token.startsWith('"')) return { kind: 'literal', value: unquoteGo(token) }
  if (token.startsWith('`')) return { kind: 'literal', value: token.slice(1, -1) }
  if (token.startsWith("'")) return { kind: 'literal', value: token.codePointAt(1) ?? 0 }
  if (/^[+-]?\d/.test(token)) return { kind: 'literal', value: Number(token) }
  if (token === '.') return { kind: 'dot' }
  if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' }
  if (token === 'nil') return { kind: 'literal', value: null }
  const [head = '', ...fields] = token.split('.')
  const of: Operand =
    head === ''
      ? { kind: 'dot' }
      : head.startsWith('$')
        ? { kind: 'variable', name: head }
        : { kind: 'function', name: head }
  return fields.length === 0 ? of : { kind: 'chain', of, fields }
}

function unquoteGo(token: string): string {
  const escapes: Readonly<Record<string, string>> = {
    n: '\n',
    t: '\t',
    r: '\r',
    a: '\u0007',
    b: '\b',
    f: '\f',
    v: '\v',
  }
  return token
    .slice(1, -1)
    .replace(/\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))/g, (_, u?: string, x?: string, char = '') =>
      u !== undefined || x !== undefined
        ? String.fromCodePoint(Number.parseInt(u ?? x ?? '0', 16))
        : (escapes[char] ?? char),
    )
}
