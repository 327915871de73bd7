/**
 * A value as Go's `%#v` writes it, written as `encoding/json` would: what refusals of v1.34 and later show. Undefined where the text does not
 * tell: addresses of pointers, and texts that are no values of Go. Source: apimachinery pkg/util/validation/field/errors.go, ErrorBody.
 */
export function jsonOfGo(text: string): string | undefined {
  const reader = new Reader(text)
  const json = reader.value()
  return json === undefined || !reader.isAtEnd() ? undefined : json
}

/** Fields of types that say how they are written; of internal ones Go's names stand. Source: apimachinery meta/v1/types.go. */
const tagged: Readonly<
  Record<string, Readonly<Record<string, { readonly name: string; readonly omitsEmpty?: true }>>>
> = {
  'v1.LabelSelector': {
    MatchLabels: { name: 'matchLabels', omitsEmpty: true },
    MatchExpressions: { name: 'matchExpressions', omitsEmpty: true },
  },
  'v1.LabelSelectorRequirement': {
    Key: { name: 'key' },
    Operator: { name: 'operator' },
    Values: { name: 'values', omitsEmpty: true },
  },
}

const empty = new Set(['null', '[]', '{}', '""', '0', 'false'])

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  isAtEnd(): boolean {
    return this.#at === this.#text.length
  }

  value(): string | undefined {
    if (this.#text[this.#at] === '"') return this.#quoted()
    const plain = this.#take(/(?:-?\d+(?:\.\d+)?|true|false)(?![\w.])/y)
    if (plain !== undefined) return plain
    const nothing = this.#take(/\(\*[\w.[\]*]+\)\(nil\)|(?:map\[string\]|\[\])[\w.[\]*]+\(nil\)|<nil>/y)
    if (nothing !== undefined) return 'null'
    if (this.#take(/map\[string\][\w.[\]*]+\{/y) !== undefined)
      return this.#members((key, json) => `${key}:${json}`, true)
    if (this.#take(/\[\][\w.[\]*]+\{/y) !== undefined) return this.#list()
    const type = this.#take(/&?\w+\.\w+\{/y)
    return type === undefined ? undefined : this.#struct(type.replace(/^&/, '').slice(0, -1))
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #quoted(): string | undefined {
    const text = this.#take(/"(?:[^"\\]|\\.)*"/y)
    // What Go escapes otherwise than JSON is rare in what can be refused.
    return text === undefined || /\\[^"\\nrtbfu]/.test(text) ? undefined : escapeHtml(text)
  }

  #list(): string | undefined {
    const items: string[] = []
    while (this.#take(/\}/y) === undefined) {
      const item = this.value()
      if (item === undefined) return undefined
      items.push(item)
      if (this.#take(/, /y) === undefined && this.#text[this.#at] !== '}') return undefined
    }
    return `[${items.join(',')}]`
  }

  #members(write: (key: string, json: string) => string, isQuoted: boolean): string | undefined {
    const members: string[] = []
    while (this.#take(/\}/y) === undefined) {
      const key = isQuoted ? this.#quoted() : this.#take(/\w+/y)
      if (key === undefined || this.#take(/:/y) === undefined) return undefined
      const json = this.value()
      if (json === undefined) return undefined
      const member = write(key, json)
      if (member !== '') members.push(member)
      if (this.#take(/, /y) === undefined && this.#text[this.#at] !== '}') return undefined
    }
    return `{${members.join(',')}}`
  }

  #struct(type: string): string | undefined {
    if (type === 'intstr.IntOrString') return this.#intOrString()
    // One without fields stands for more than podsim knows.
    if (type === 'resource.Quantity' || this.#text[this.#at] === '}') return undefined
    const fields = tagged[type]
    return this.#members((field, json) => {
      const tag = fields?.[field]
      if (tag === undefined) return `"${field}":${json}`
      return tag.omitsEmpty === true && empty.has(json) ? '' : `"${tag.name}":${json}`
    }, false)
  }

  /** It writes itself as the number or the text that it is. */
  #intOrString(): string | undefined {
    const found = this.#take(/Type:[01], IntVal:-?\d+, StrVal:/y)
    const text = found === undefined ? undefined : this.#quoted()
    if (found === undefined || text === undefined || this.#take(/\}/y) === undefined) return undefined
    return found.startsWith('Type:1') ? text : (/IntVal:(-?\d+)/.exec(found)?.[1] ?? '0')
  }
}

/** As encoding/json does it. */
function escapeHtml(text: string): string {
  return text.replace(/[<>&]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`)
}
