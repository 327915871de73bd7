import { encodeBase64, isUtf8, utf8Text } from '../bytes/bytes.ts'
import { goQuote } from '../go/quote.ts'

/**
 * What values of Secrets look like in texts, and texts without them.
 *
 * A value that looks like nothing else (long, or letters with digits or signs) goes wherever it stands. A plain word
 * (`one`, `admin`, `5432`) is a value only where a text quotes it: as a whole line, in quotes, after `=` or `:`. Otherwise a
 * Secret that holds `pod` would make every sentence unreadable. Names of objects stay: a cluster shows them to everybody; what is
 * said to be a namespace or an account (`namespace: default`) is a name even where a value reads the same.
 */
export class SecretWords {
  readonly #mask: (bytes: Uint8Array) => string
  /** Every form of every value, and the value that it is one of. */
  readonly #forms = new Map<string, Masked>()
  /** Forms that go wherever they stand, by their first characters, longest first. */
  readonly #telling = new Map<string, string[]>()
  readonly #names = new Set<string>(ordinaryWords)
  /** Values of which no text was long enough. */
  #waiting: SecretValue[] = []

  constructor(mask: (bytes: Uint8Array) => string) {
    this.#mask = mask
  }

  /** A name that objects, containers or keys bear. */
  learnName(name: string): void {
    this.#names.add(name)
  }

  /** Whether something bears it. */
  isName(word: string): boolean {
    return this.#names.has(word)
  }

  /** A value. What is too long for any text that comes is never looked at closer. */
  learn(value: SecretValue): void {
    if (value.bytes.length > 0) this.#waiting.push(value)
  }

  /** Values that a text of that length may hold. */
  #learnUpTo(length: number): void {
    if (this.#waiting.length === 0) return
    const short = this.#waiting.filter(({ shortest }) => shortest <= length)
    if (short.length === 0) return
    this.#waiting = this.#waiting.filter(({ shortest }) => shortest > length)
    for (const value of short) this.#add(value)
  }

  #add({ bytes, forms }: SecretValue): void {
    // The first form is the value's alone.
    if (this.#forms.has(forms[0] ?? '')) return
    const masked: Masked = { bytes, told: undefined }
    for (const form of forms) {
      if (this.#forms.has(form)) continue
      this.#forms.set(form, masked)
      // A line end is no part of what is seen.
      if (!form.endsWith('\n') && isTelling(form)) this.#addTelling(form)
    }
  }

  redact(text: string): string {
    this.#learnUpTo(text.length)
    if (this.#forms.size === 0) return text
    const telling = this.#withoutTelling(text, () => true)
    return telling
      .replace(quoted, (segment, at: number, whole: string) =>
        this.#isNamed(segment.slice(1, -1), at, whole) ? segment : this.#quoted(segment),
      )
      .replace(/(?<=')[^'\n]*(?=')/g, (inner) => this.#told(inner) ?? inner)
      .replace(afterSign, (word, at: number, whole: string) =>
        isNothingSpecial(word) || this.#isNamed(word, at, whole) ? word : (this.#told(word) ?? word),
      )
      .split('\n')
      .map((line) => this.#told(line.trim()) ?? line)
      .join('\n')
  }

  redactProse(text: string): string {
    this.#learnUpTo(text.length)
    return this.#forms.size === 0 ? text : this.#withoutTelling(text, (form) => !/^[a-z-]{1,15}$/i.test(form))
  }

  /** Whether a word at a place of a text is the name of a namespace or an account, and said to be. */
  #isNamed(word: string, at: number, whole: string): boolean {
    return this.#names.has(word) && saysNamed.test(whole.slice(Math.max(0, at - longestLead), at))
  }

  /** What is told instead of a form; undefined if it is none. */
  #told(form: string): string | undefined {
    const masked = this.#forms.get(form)
    if (masked === undefined) return undefined
    // Of most values nobody ever speaks.
    masked.told ??= this.#mask(masked.bytes)
    return masked.told
  }

  #addTelling(form: string): void {
    const head = form.slice(0, headLength)
    const alike = this.#telling.get(head)
    if (alike === undefined) this.#telling.set(head, [form])
    else alike.splice(placeByLength(alike, form.length), 0, form)
  }

  #withoutTelling(text: string, counts: (form: string) => boolean): string {
    let done = ''
    let copied = 0
    for (let at = 0; at + headLength <= text.length; ) {
      const form = this.#tellingAt(text, at)
      if (form === undefined || !counts(form)) at++
      else {
        done += text.slice(copied, at) + (this.#told(form) ?? '')
        at += form.length
        copied = at
      }
    }
    return done + text.slice(copied)
  }

  #tellingAt(text: string, at: number): string | undefined {
    return this.#telling
      .get(text.slice(at, at + headLength))
      ?.find((form) => text.startsWith(form, at) && !this.#names.has(form) && standsAlone(text, at, form.length))
  }

  /** A quoted text is looked at as what it says. */
  #quoted(segment: string): string {
    let inner: unknown
    try {
      inner = JSON.parse(segment)
    } catch {
      return segment
    }
    if (typeof inner !== 'string') return segment
    if (masked.test(inner)) return inner
    const whole = this.#told(inner) ?? this.#told(inner.trim())
    if (whole !== undefined) return whole
    const lines = inner.split('\n')
    if (lines.length === 1) return segment
    const told = lines.map((line) => this.#told(line.trim()) ?? line)
    return told.some((line, i) => line !== lines[i]) ? JSON.stringify(told.join('\n')) : segment
  }
}

/** A value that stands behind forms. */
interface Masked {
  readonly bytes: Uint8Array
  /** Its mask, once it was asked for. */
  told: string | undefined
}

/** A value and, once somebody asks, every text that would show it. */
export class SecretValue {
  readonly bytes: Uint8Array
  /** No form is shorter: a character stands for three bytes at most, and a form is a whole value unless that has lines. */
  readonly shortest: number
  readonly #more: readonly string[]
  #forms: readonly string[] | undefined

  /** `more` are other forms of the value, such as the base64 that a manifest has. */
  constructor(bytes: Uint8Array, more: readonly string[] = []) {
    this.bytes = bytes
    this.shortest = bytes.includes(lineEnd) ? 1 : Math.ceil(bytes.length / 3)
    this.#more = more
  }

  /** Its base64 is the first. */
  get forms(): readonly string[] {
    this.#forms ??= formsOf(this.bytes, this.#more)
    return this.#forms
  }
}

const lineEnd = 10

function formsOf(bytes: Uint8Array, more: readonly string[]): readonly string[] {
  const base64 = encodeBase64(bytes)
  const text = utf8Text(bytes)
  const forms = [base64, base64.replace(/=+$/, ''), ...more, text]
  if (isUtf8(bytes, text)) {
    // As JSON and as Go write it between quotes: messages of programs have one or the other.
    forms.push(JSON.stringify(text).slice(1, -1), goQuote(text).slice(1, -1))
    const lines = text.split('\n')
    if (lines.length > 1) {
      forms.push(text.trim())
      forms.push(...lines.filter((line) => isTelling(line) && !line.startsWith('-----')))
    }
  }
  return [...new Set(forms.flatMap(withoutLineEnds))].filter((form) => form !== '')
}

/** A form, and what is left of it with fewer and fewer line ends behind it. */
function withoutLineEnds(form: string): readonly string[] {
  return form.endsWith('\n') ? [form, ...withoutLineEnds(form.slice(0, -1))] : [form]
}

const headLength = 4
/** From this length on a value goes even as a part of a longer word. */
const longEnough = 8

/** What the mask of a whole value looks like: it needs no quotes. */
const masked = /^<\d+ bytes?, [0-9a-f]+>$/
const quoted = /"(?:[^"\\\n]|\\[^\n])*"/g
/** What leads to the name of a namespace or an account: in YAML, JSON, what `kubectl describe` prints, and flags. */
const saysNamed = /(?:namespace|service ?account(?:name)?)["']?[:=]\s*["']?$/i
const longestLead = 32
const afterSign = /(?<=[=:] ?)[^\s"'=:,;&|<>(){}[\]]+/g

/** Words of Kubernetes and of podsim: as values they hide nothing, as words they are everywhere. */
const ordinaryWords = [
  'kubernetes',
  'kube-system',
  'namespace',
  'container',
  'configmap',
  'deployment',
  'password',
  'passwords',
  'username',
  'user-pass',
  'certificate',
  'production',
  'development',
]

function isTelling(form: string): boolean {
  if (form.length < headLength) return false
  return form.length >= longEnough || !/^(?:[a-z]+|\d+)$/i.test(form)
}

/** `restarts: 1`, `immutable: true`: such values are told apart by nothing. */
function isNothingSpecial(word: string): boolean {
  return /^(?:.|\d{1,3}|true|false|yes|no|null)$/i.test(word)
}

/** A short value is one only where no letter or digit touches it. */
function standsAlone(text: string, at: number, length: number): boolean {
  if (length >= longEnough) return true
  return !/[a-z0-9]/i.test(text.charAt(at - 1)) && !/[a-z0-9]/i.test(text.charAt(at + length))
}

function placeByLength(forms: readonly string[], length: number): number {
  const place = forms.findIndex((form) => form.length < length)
  return place === -1 ? forms.length : place
}
