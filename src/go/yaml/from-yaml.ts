/**
 * YAML text as JSON values, as kubectl reads manifests: go-yaml v2 into Go's interface values, then those into JSON.
 * Source: gopkg.in/yaml.v2 decode.go; sigs.k8s.io/yaml yaml.go, yamlToJSON and convertToJSONableObject.
 */

import { fromBase64, utf8Text } from '../../bytes/bytes.ts'
import { goQuote } from '../quote.ts'
import { formatGoFloat } from './go-number.ts'
import { type GoScalar, resolveScalar } from './go-resolve.ts'
import type { YamlNode } from './node.ts'
import { parseYaml } from './parser.ts'
import { GoYamlError, refuse } from './reader.ts'

/** The value of a document, or why there is none. */
export type YamlResult =
  | { readonly ok: true; readonly value: unknown }
  /** `error` is go-yaml's own text, beginning with `yaml: ` except for what JSON cannot hold. */
  | { readonly ok: false; readonly error: string }

/** How to read. */
export interface FromYamlOptions {
  /** Refuse a key that stands twice in a mapping; otherwise the last one wins. */
  readonly strict?: boolean
  /**
   * `v3`: as go-yaml v3 reads into interface values, for kustomize 5: yes, on and the like are strings, and errors name
   * other lines.
   */
  readonly dialect?: 'v2' | 'v3'
  /** Errors of what JSON cannot hold begin in lower case: sigs.k8s.io/yaml v1.4.0 and later. */
  readonly lowersErrors?: boolean
  /** A key behind which nothing is written has the value undefined, not null. */
  readonly tellsUnwritten?: boolean
  /** What stands for a plain number, boolean or date that is not written as JSON would write it, such as `010`; keys are read as ever. */
  readonly keepWritten?: (text: string) => unknown
  /** What a value is that is written with `>`; otherwise its text. */
  readonly folded?: (text: string) => string
}

/** The first document of a text; null when it is empty. Integers beyond 2^53 lose precision. */
export function fromYaml(text: string | Uint8Array, options: FromYamlOptions = {}): YamlResult {
  try {
    const node = parseYaml(text)
    const decoder = new Decoder(options)
    const value = node === undefined ? null : decoder.decode(node)
    if (decoder.typeErrors.length > 0) {
      return { ok: false, error: `yaml: unmarshal errors:\n  ${decoder.typeErrors.join('\n  ')}` }
    }
    return { ok: true, value: toJson(value) }
  } catch (error) {
    if (error instanceof GoYamlError) {
      const told = options.dialect === 'v3' ? error.messageV3 : error.message
      return { ok: false, error: options.lowersErrors === true ? told.replace(/^Unsupported/, 'unsupported') : told }
    }
    throw error
  }
}

/** What a plain scalar of one line is to go-yaml v3, in JSON: dates are instants there. */
export function plainScalar(text: string): unknown {
  const scalar = resolveScalar(text)
  if (scalar.tag === 'timestamp') return goInstant(text)
  if (/^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/.test(text)) return text
  return toJson(plainValue(scalar, text))
}

/** A date of YAML as time.Time writes itself. Source: yaml.v3 resolve.go, parseTimestamp; time.Time, MarshalJSON. */
function goInstant(text: string): string {
  const [, date = '', time = '00:00:00', fraction = '', zone = 'Z'] =
    /^(\d+-\d+-\d+)(?:(?:[Tt]|[ \t]+)([\d:]+)(\.\d+)?[ \t]*(Z|[-+]\d+(?::\d+)?)?)?$/.exec(text) ?? []
  const two = (part: string): string => part.padStart(2, '0')
  const digits = fraction.replace(/\.?0+$/, '')
  return `${date.split('-').map(two).join('-')}T${time.split(':').map(two).join(':')}${digits}${zone}`
}

/** A mapping with its keys as YAML has them. */
class YamlMap {
  readonly entries = new Map<string | number | bigint | boolean | null, unknown>()
}

/** Decode steps from which on the share of steps that come from aliases is limited, and where the limit is tightest. */
const aliasRatioRange = { low: 400_000, high: 4_000_000 } as const

class Decoder {
  readonly typeErrors: string[] = []
  readonly #isStrict: boolean
  readonly #dialect: 'v2' | 'v3'
  readonly #tellsUnwritten: boolean
  readonly #keepWritten: ((text: string) => unknown) | undefined
  readonly #folded: ((text: string) => string) | undefined
  readonly #open = new Set<YamlNode>()
  #decodeCount = 0
  #aliasCount = 0
  #aliasDepth = 0

  constructor({ strict = false, dialect = 'v2', tellsUnwritten = false, keepWritten, folded }: FromYamlOptions) {
    this.#isStrict = strict
    this.#dialect = dialect
    this.#tellsUnwritten = tellsUnwritten
    this.#keepWritten = keepWritten
    this.#folded = folded
  }

  decode(node: YamlNode): unknown {
    this.#count()
    switch (node.kind) {
      case 'alias':
        return this.#throughAlias(node, (target) => this.decode(target))
      case 'scalar':
        if (this.#tellsUnwritten && node.isPlain && node.value === '' && node.tag === '') return undefined
        return this.#written(node, this.#scalar(node))
      case 'sequence':
        return node.items.map((item) => this.decode(item))
      case 'mapping': {
        const map = new YamlMap()
        this.#fill(map, node)
        return map
      }
    }
  }

  #scalar(node: YamlNode & { kind: 'scalar' }): unknown {
    return this.#dialect === 'v3' && isPlainWord(node) ? node.value : scalarValue(node)
  }

  #written(node: YamlNode & { kind: 'scalar' }, value: unknown): unknown {
    if (this.#folded !== undefined && node.isFolded && typeof value === 'string') return this.#folded(value)
    if (this.#keepWritten === undefined || !node.isPlain || node.tag !== '') return value
    const isDate = value === node.value && resolveScalar(node.value).tag === 'timestamp'
    const isBig = typeof value === 'bigint' && !Number.isSafeInteger(Number(value))
    const isOther = isBig || (value !== null && typeof value !== 'string' && String(value) !== node.value)
    return isDate || isOther ? this.#keepWritten(node.value) : value
  }

  /** Refuses "billion laughs". Source: decode.go, unmarshal and allowedAliasRatio. */
  #count(): void {
    this.#decodeCount++
    if (this.#aliasDepth > 0) this.#aliasCount++
    const { low, high } = aliasRatioRange
    const count = this.#decodeCount
    const allowed = count <= low ? 0.99 : count >= high ? 0.1 : 0.99 - 0.89 * ((count - low) / (high - low))
    if (this.#aliasCount > 100 && count > 1000 && this.#aliasCount / count > allowed) {
      refuse('document contains excessive aliasing')
    }
  }

  #throughAlias<T>(node: YamlNode & { kind: 'alias' }, work: (target: YamlNode) => T): T {
    if (this.#open.has(node)) refuse(`anchor '${node.name}' value contains itself`)
    this.#open.add(node)
    this.#aliasDepth++
    const result = work(node.target)
    this.#aliasDepth--
    this.#open.delete(node)
    return result
  }

  #fill(map: YamlMap, node: YamlNode & { kind: 'mapping' }): void {
    /** Where each key stood first, for complaints. */
    const lines = this.#isStrict ? new Map<unknown, number>() : undefined
    for (const [keyNode, valueNode] of node.pairs) {
      if (isMergeKey(keyNode)) {
        this.#merge(map, valueNode)
        continue
      }
      const key = keyNode.kind === 'scalar' ? this.#scalar(keyNode) : this.decode(keyNode)
      if (key instanceof YamlMap || Array.isArray(key)) refuse(`invalid map key: ${goSyntax(key)}`)
      const scalarKey = key as string | number | bigint | boolean | null // the only other values that decode gives
      const value = this.decode(valueNode)
      if (this.#isStrict && map.entries.has(scalarKey)) {
        const told = `line ${keyNode.line + 1}`
        this.typeErrors.push(
          this.#dialect === 'v2'
            ? `${told}: key ${goSyntax(scalarKey)} already set in map`
            : `${told}: mapping key ${goSyntax(scalarKey)} already defined at line ${(lines?.get(scalarKey) ?? 0) + 1}`,
        )
      }
      if (lines?.has(scalarKey) === false) lines.set(scalarKey, keyNode.line)
      map.entries.set(scalarKey, value)
    }
  }

  /** `<<`: unlike YAML's own rule, what is merged later wins over what stood before. */
  #merge(map: YamlMap, node: YamlNode): void {
    if (node.kind === 'mapping') {
      this.#count()
      this.#fill(map, node)
    } else if (node.kind === 'alias' && node.target.kind === 'mapping') {
      this.#throughAlias(node, (target) => this.#merge(map, target))
    } else if (node.kind === 'sequence') {
      for (const item of [...node.items].reverse()) {
        const target = item.kind === 'alias' ? item.target : item
        if (target.kind !== 'mapping') refuse('map merge requires map or sequence of maps as the value')
        this.#merge(map, item)
      }
    } else {
      refuse('map merge requires map or sequence of maps as the value')
    }
  }
}

/** Words that are booleans in YAML 1.1 and strings to version 3. */
function isPlainWord(node: YamlNode & { kind: 'scalar' }): boolean {
  return node.tag === '' && node.isPlain && /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/.test(node.value)
}

function isMergeKey(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === '<<' && (node.isPlain || node.tag === `${longPrefix}merge`)
}

const longPrefix = 'tag:yaml.org,2002:'

function scalarValue(node: YamlNode & { kind: 'scalar' }): unknown {
  if (node.tag === '' && !node.isPlain) return node.value
  const short = node.tag.startsWith(longPrefix) ? node.tag.slice(longPrefix.length) : node.tag
  if (short === '') return plainValue(resolveScalar(node.value), node.value)
  if (short === 'binary') {
    const bytes = fromBase64(node.value)
    return bytes === undefined ? refuse('!!binary value contains invalid base64 data') : utf8Text(bytes)
  }
  if (short === 'str' || !['bool', 'int', 'float', 'null', 'timestamp'].includes(short)) return node.value
  const resolved = resolveScalar(node.value)
  if (short === 'float' && resolved.tag === 'int') return Number(resolved.value)
  if (resolved.tag !== short) refuse(`cannot decode !!${resolved.tag} \`${node.value}\` as a !!${short}`)
  return plainValue(resolved, node.value)
}

function plainValue(resolved: GoScalar, text: string): unknown {
  switch (resolved.tag) {
    case 'null':
      return null
    case 'bool':
    case 'float':
      return resolved.value
    case 'int':
      return resolved.value
    case 'str':
    case 'merge':
    case 'timestamp':
      return text
  }
}

function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const text = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
    throw new GoYamlError(`json: unsupported value: ${text}`)
  }
  if (Array.isArray(value)) return value.map(toJson)
  if (!(value instanceof YamlMap)) return value
  const object: Record<string, unknown> = {}
  for (const [key, item] of value.entries) {
    const name = jsonKey(key, item)
    // An assignment would not make a member of this name.
    if (name === '__proto__') Object.defineProperty(object, name, { ...member, value: toJson(item) })
    else object[name] = toJson(item)
  }
  return object
}

const member = { configurable: true, enumerable: true, writable: true } as const

function jsonKey(key: string | number | bigint | boolean | null, value: unknown): string {
  if (typeof key === 'number') return formatGoFloat(key)
  if (key === null) {
    throw new GoYamlError(`Unsupported map key of type: %!s(<nil>), key: <nil>, value: ${goSyntax(value)}`)
  }
  return String(key)
}

/** A decoded value as Go's %#v prints it. */
function goSyntax(value: unknown): string {
  if (value === null) return 'interface {}(nil)'
  if (typeof value === 'string') return goQuote(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (!(value instanceof YamlMap)) return String(value)
  const pairs = [...value.entries].map(([key, item]) => `${goSyntax(key)}:${goSyntax(item)}`)
  return `map[interface {}]interface {}{${pairs.join(', ')}}`
}
