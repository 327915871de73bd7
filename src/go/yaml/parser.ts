/** Grammar of YAML 1.1 documents. Source: gopkg.in/yaml.v2 parserc.go and the node builder of decode.go. */
import type { YamlNode } from './node.ts'
import { type Mark, refuse, refuseAt } from './reader.ts'
import { Scanner } from './scanner.ts'
import type { Token } from './tokens.ts'

/**
 * The first document of a text, undefined when there is none. Throws a GoYamlError. What follows the first document
 * is not looked at beyond the token that ends it.
 */
export function parseYaml(text: string | Uint8Array): YamlNode | undefined {
  return new Parser(text).document()
}

const emptyScalarEnds = new Set<Token['type']>([
  'versionDirective',
  'tagDirective',
  'documentStart',
  'documentEnd',
  'streamEnd',
])

interface Properties {
  readonly anchor: string | undefined
  readonly tag: string
}

const noProperties: Properties = { anchor: undefined, tag: '' }

class Parser {
  readonly #scanner: Scanner
  readonly #anchors = new Map<string, YamlNode>()
  readonly #tagPrefixes = new Map<string, string>()

  constructor(text: string | Uint8Array) {
    this.#scanner = new Scanner(text)
  }

  document(): YamlNode | undefined {
    this.#next()
    const first = this.#scanner.peek()
    if (first.type === 'streamEnd') return undefined
    const isExplicit =
      first.type === 'versionDirective' || first.type === 'tagDirective' || first.type === 'documentStart'
    this.#directives()
    if (isExplicit) {
      const start = this.#scanner.peek()
      if (start.type !== 'documentStart')
        refuseAt('parser', undefined, 'did not find expected <document start>', start.start)
      this.#scanner.skip()
    }
    const content = this.#scanner.peek()
    const root = isExplicit && emptyScalarEnds.has(content.type) ? emptyScalar(content.start) : this.#node(true, false)
    this.#scanner.peek()
    return root
  }

  /** Takes a token and shows the one after it. */
  #next(): Token {
    this.#scanner.peek()
    this.#scanner.skip()
    return this.#scanner.peek()
  }

  #directives(): void {
    let hasVersion = false
    let token = this.#scanner.peek()
    for (; token.type === 'versionDirective' || token.type === 'tagDirective'; token = this.#next()) {
      if (token.type === 'versionDirective') {
        if (hasVersion) refuseAt('parser', undefined, 'found duplicate %YAML directive', token.start)
        if (token.major !== 1 || token.minor !== 1) {
          refuseAt('parser', undefined, 'found incompatible YAML document', token.start)
        }
        hasVersion = true
      } else {
        if (this.#tagPrefixes.has(token.handle)) {
          refuseAt('parser', undefined, 'found duplicate %TAG directive', token.start)
        }
        this.#tagPrefixes.set(token.handle, token.prefix)
      }
    }
    if (!this.#tagPrefixes.has('!')) this.#tagPrefixes.set('!', '!')
    if (!this.#tagPrefixes.has('!!')) this.#tagPrefixes.set('!!', 'tag:yaml.org,2002:')
  }

  #node(isBlock: boolean, mayBeIndentless: boolean): YamlNode {
    const first = this.#scanner.peek()
    if (first.type === 'alias') {
      this.#scanner.skip()
      const target = this.#anchors.get(first.name)
      if (target === undefined) refuse(`unknown anchor '${first.name}' referenced`)
      return { kind: 'alias', name: first.name, target, tag: '', line: first.start.line }
    }
    const { anchor, tag } = first.type === 'anchor' || first.type === 'tag' ? this.#properties() : noProperties
    const token = this.#scanner.peek()
    const line = first.start.line
    const keep = <T extends YamlNode>(node: T): T => {
      if (anchor !== undefined) this.#anchors.set(anchor, node)
      return node
    }
    if (mayBeIndentless && token.type === 'blockEntry') {
      const node = keep({ kind: 'sequence' as const, items: [] as YamlNode[], tag, line })
      this.#indentlessItems(node.items)
      return node
    }
    if (token.type === 'scalar') {
      this.#scanner.skip()
      const isPlain = (tag === '' && token.isPlain) || tag === '!'
      return keep({ kind: 'scalar', value: token.value, isPlain, isFolded: token.isFolded, tag, line })
    }
    const isSequence = token.type === 'flowSequenceStart' || (isBlock && token.type === 'blockSequenceStart')
    const isMapping = token.type === 'flowMappingStart' || (isBlock && token.type === 'blockMappingStart')
    if (isSequence) {
      const node = keep({ kind: 'sequence' as const, items: [] as YamlNode[], tag, line })
      if (token.type === 'flowSequenceStart') this.#flowItems(node.items)
      else this.#blockItems(node.items)
      return node
    }
    if (isMapping) {
      const node = keep({ kind: 'mapping' as const, pairs: [] as [YamlNode, YamlNode][], tag, line })
      if (token.type === 'flowMappingStart') this.#flowPairs(node.pairs)
      else this.#blockPairs(node.pairs)
      return node
    }
    if (anchor !== undefined || tag !== '')
      return keep({ kind: 'scalar', value: '', isPlain: tag === '', isFolded: false, tag, line })
    return refuseAt('parser', first.start, 'did not find expected node content', token.start)
  }

  /** An anchor and a tag, in either order. */
  #properties(): Properties {
    const start = this.#scanner.peek().start
    let anchor: string | undefined
    let tag = ''
    for (let token = this.#scanner.peek(); ; token = this.#next()) {
      if (token.type === 'anchor' && anchor === undefined) {
        anchor = token.name
      } else if (token.type === 'tag' && tag === '') {
        const prefix = token.handle === '' ? '' : this.#tagPrefixes.get(token.handle)
        if (prefix === undefined) refuseAt('parser', start, 'found undefined tag handle', token.start)
        tag = prefix + token.suffix
      } else {
        return { anchor, tag }
      }
    }
  }

  #blockItems(items: YamlNode[]): void {
    const start = this.#scanner.peek().start
    this.#scanner.skip()
    for (;;) {
      const token = this.#scanner.peek()
      if (token.type === 'blockEnd') break
      if (token.type !== 'blockEntry') refuseAt('parser', start, "did not find expected '-' indicator", token.start)
      const next = this.#next()
      const isEmpty = next.type === 'blockEntry' || next.type === 'blockEnd'
      items.push(isEmpty ? emptyScalar(token.end) : this.#node(true, false))
    }
    this.#scanner.skip()
  }

  #indentlessItems(items: YamlNode[]): void {
    for (let token = this.#scanner.peek(); token.type === 'blockEntry'; token = this.#scanner.peek()) {
      const { type } = this.#next()
      const isEmpty = type === 'blockEntry' || type === 'key' || type === 'value' || type === 'blockEnd'
      items.push(isEmpty ? emptyScalar(token.end) : this.#node(true, false))
    }
  }

  #blockPairs(pairs: (readonly [YamlNode, YamlNode])[]): void {
    const start = this.#scanner.peek().start
    this.#scanner.skip()
    for (;;) {
      const token = this.#scanner.peek()
      if (token.type === 'blockEnd') break
      if (token.type !== 'key') refuseAt('parser', start, 'did not find expected key', token.start)
      this.#scanner.skip()
      const key = this.#blockPart(token.end)
      const colon = this.#scanner.peek()
      if (colon.type !== 'value') {
        pairs.push([key, emptyScalar(colon.start)])
        continue
      }
      this.#scanner.skip()
      pairs.push([key, this.#blockPart(colon.end)])
    }
    this.#scanner.skip()
  }

  #blockPart(mark: Mark): YamlNode {
    const { type } = this.#scanner.peek()
    return type === 'key' || type === 'value' || type === 'blockEnd' ? emptyScalar(mark) : this.#node(true, true)
  }

  /** Passes the comma between entries. */
  #flowSeparator(isFirst: boolean, start: Mark, close: ']' | '}'): Token {
    const token = this.#scanner.peek()
    if (isFirst) return token
    if (token.type !== 'flowEntry') {
      refuseAt('parser', start, `did not find expected ',' or '${close}'`, token.start)
    }
    return this.#next()
  }

  #flowItems(items: YamlNode[]): void {
    const start = this.#scanner.peek().start
    this.#scanner.skip()
    for (let isFirst = true; this.#scanner.peek().type !== 'flowSequenceEnd'; isFirst = false) {
      const token = this.#flowSeparator(isFirst, start, ']')
      if (token.type === 'flowSequenceEnd') break
      items.push(token.type === 'key' ? this.#flowPair(token) : this.#node(false, false))
    }
    this.#scanner.skip()
  }

  /** `[key: value]`: a mapping of one pair without braces. */
  #flowPair(keyToken: Token): YamlNode {
    const ends = new Set<Token['type']>(['value', 'flowEntry', 'flowSequenceEnd'])
    const token = this.#next()
    let key: YamlNode
    if (ends.has(token.type)) {
      key = emptyScalar(token.end)
      this.#scanner.skip()
    } else {
      key = this.#node(false, false)
    }
    let value: YamlNode | undefined
    const colon = this.#scanner.peek()
    if (colon.type === 'value') {
      const next = this.#next()
      if (next.type !== 'flowEntry' && next.type !== 'flowSequenceEnd') value = this.#node(false, false)
    }
    return {
      kind: 'mapping',
      pairs: [[key, value ?? emptyScalar(colon.start)]],
      tag: '',
      line: keyToken.start.line,
    }
  }

  #flowPairs(pairs: (readonly [YamlNode, YamlNode])[]): void {
    const start = this.#scanner.peek().start
    this.#scanner.skip()
    for (let isFirst = true; this.#scanner.peek().type !== 'flowMappingEnd'; isFirst = false) {
      const token = this.#flowSeparator(isFirst, start, '}')
      if (token.type === 'flowMappingEnd') break
      if (token.type === 'key') {
        const next = this.#next()
        const isEmpty = next.type === 'value' || next.type === 'flowEntry' || next.type === 'flowMappingEnd'
        const key = isEmpty ? emptyScalar(next.start) : this.#node(false, false)
        pairs.push([key, this.#flowValue()])
      } else {
        const key = this.#node(false, false)
        pairs.push([key, emptyScalar(this.#scanner.peek().start)])
      }
    }
    this.#scanner.skip()
  }

  #flowValue(): YamlNode {
    const token = this.#scanner.peek()
    if (token.type === 'value') {
      const next = this.#next()
      if (next.type !== 'flowEntry' && next.type !== 'flowMappingEnd') return this.#node(false, false)
    }
    return emptyScalar(this.#scanner.peek().start)
  }
}

function emptyScalar(mark: Mark): YamlNode {
  return { kind: 'scalar', value: '', isPlain: true, isFolded: false, tag: '', line: mark.line }
}
