import { goQuote } from './quote.ts'

/** Deepest nesting that Go 1.15 and later read. Source: Go encoding/json, maxNestingDepth. */
export const maxDepth = 10_000

const end = 'unexpected end of JSON input'
const [quote, backslash] = [0x22, 0x5c]

/**
 * What Go's encoding/json says about bytes that are no JSON, or undefined when they are. The scanner is byte by byte, so a
 * character outside ASCII is shown as the byte that broke the syntax. Source: Go encoding/json/scanner.go.
 */
export function jsonSyntaxError(bytes: Uint8Array): string | undefined {
  return new Scanner(bytes).check()
}

/** The same, and how many bytes were read until then, the broken one among them. */
export function jsonSyntaxErrorAt(bytes: Uint8Array): { readonly text: string; readonly offset: number } | undefined {
  const scanner = new Scanner(bytes)
  const text = scanner.check()
  return text === undefined ? undefined : { text, offset: Math.min(scanner.at + 1, bytes.length) }
}

/** What is said of bytes that end too early. */
export const jsonCutShort = end

function invalidCharacter(code: number, context: string): string {
  const char = code === 0x27 ? "'\\''" : code === quote ? `'"'` : `'${goQuote(String.fromCharCode(code)).slice(1, -1)}'`
  return `invalid character ${char} ${context}`
}

type Frame = 'array' | 'object'

class Scanner {
  at = 0
  private readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }

  check(): string | undefined {
    const stack: Frame[] = []
    for (;;) {
      const opened = this.value(stack)
      if (typeof opened === 'string') return opened
      if (opened) continue
      const closed = this.afterValue(stack)
      if (typeof closed === 'string') return closed
      if (closed) return undefined
    }
  }

  private skipSpace(): number | undefined {
    for (; this.at < this.bytes.length; this.at++) {
      const code = this.bytes[this.at]
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code
    }
    return undefined
  }

  /** Reads a scalar, or opens an array or object as far as its first value; true when a value is to follow. */
  private value(stack: Frame[]): boolean | string {
    const code = this.skipSpace()
    if (code === undefined) return end
    switch (code) {
      case 0x7b:
        this.at++
        return this.openObject(stack)
      case 0x5b:
        this.at++
        return this.openArray(stack)
      case quote:
        return this.string() ?? false
      case 0x74:
        return this.literal('true') ?? false
      case 0x66:
        return this.literal('false') ?? false
      case 0x6e:
        return this.literal('null') ?? false
    }
    if (code === 0x2d || isDigit(code)) return this.number() ?? false
    return invalidCharacter(code, 'looking for beginning of value')
  }

  private openObject(stack: Frame[]): boolean | string {
    if (stack.length >= maxDepth) return 'exceeded max depth'
    const code = this.skipSpace()
    if (code === undefined) return end
    if (code === 0x7d) {
      this.at++
      return false
    }
    stack.push('object')
    return this.key() ?? true
  }

  private openArray(stack: Frame[]): boolean | string {
    if (stack.length >= maxDepth) return 'exceeded max depth'
    const code = this.skipSpace()
    if (code === undefined) return end
    if (code === 0x5d) {
      this.at++
      return false
    }
    stack.push('array')
    return true
  }

  /** A key and its colon. */
  private key(): string | undefined {
    const code = this.skipSpace()
    if (code === undefined) return end
    if (code !== quote) return invalidCharacter(code, 'looking for beginning of object key string')
    const broken = this.string()
    if (broken !== undefined) return broken
    const colon = this.skipSpace()
    if (colon === undefined) return end
    if (colon !== 0x3a) return invalidCharacter(colon, 'after object key')
    this.at++
    return undefined
  }

  /** Closes what is complete; true when all is read, false when another value follows. */
  private afterValue(stack: Frame[]): boolean | string {
    for (;;) {
      const code = this.skipSpace()
      const frame = stack.at(-1)
      if (frame === undefined) {
        return code === undefined ? true : invalidCharacter(code, 'after top-level value')
      }
      if (code === undefined) return end
      this.at++
      if (code === 0x2c) return frame === 'array' ? false : (this.key() ?? false)
      if (code !== (frame === 'array' ? 0x5d : 0x7d)) {
        this.at--
        return invalidCharacter(code, frame === 'array' ? 'after array element' : 'after object key:value pair')
      }
      stack.pop()
    }
  }

  private string(): string | undefined {
    this.at++
    for (; this.at < this.bytes.length; this.at++) {
      const code = this.bytes[this.at] ?? 0
      if (code === quote) {
        this.at++
        return undefined
      }
      if (code < 0x20) return invalidCharacter(code, 'in string literal')
      if (code !== backslash) continue
      const broken = this.escape()
      if (broken !== undefined) return broken
    }
    return end
  }

  private escape(): string | undefined {
    const code = this.bytes[++this.at]
    if (code === undefined) return end
    if (code !== 0x75) {
      return '"\\/bfnrt'.includes(String.fromCharCode(code))
        ? undefined
        : invalidCharacter(code, 'in string escape code')
    }
    for (let i = 0; i < 4; i++) {
      const digit = this.bytes[++this.at]
      if (digit === undefined) return end
      if (!isHexDigit(digit)) return invalidCharacter(digit, 'in \\u hexadecimal character escape')
    }
    return undefined
  }

  private literal(word: string): string | undefined {
    for (let i = 1; i < word.length; i++) {
      const code = this.bytes[this.at + i]
      if (code === undefined) return end
      if (code !== word.charCodeAt(i)) {
        this.at += i
        return invalidCharacter(code, `in literal ${word} (expecting '${word.charAt(i)}')`)
      }
    }
    this.at += word.length
    return undefined
  }

  private digits(): number {
    const start = this.at
    while (isDigit(this.bytes[this.at])) this.at++
    return this.at - start
  }

  private number(): string | undefined {
    if (this.bytes[this.at] === 0x2d) this.at++
    if (this.bytes[this.at] === 0x30) this.at++
    else if (this.digits() === 0) return this.broken('in numeric literal')
    if (this.bytes[this.at] === 0x2e) {
      this.at++
      if (this.digits() === 0) return this.broken('after decimal point in numeric literal')
    }
    const exponent = this.bytes[this.at]
    if (exponent !== 0x65 && exponent !== 0x45) return undefined
    this.at++
    const sign = this.bytes[this.at]
    if (sign === 0x2b || sign === 0x2d) this.at++
    return this.digits() === 0 ? this.broken('in exponent of numeric literal') : undefined
  }

  private broken(context: string): string {
    const code = this.bytes[this.at]
    return code === undefined ? end : invalidCharacter(code, context)
  }
}

function isDigit(code: number | undefined): boolean {
  return code !== undefined && code >= 0x30 && code <= 0x39
}

function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x41 && code <= 0x46) || (code >= 0x61 && code <= 0x66)
}
