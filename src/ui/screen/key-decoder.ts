/** A key as the terminal told it. `name` is the character, or the name of a key without one: `left`, `tab`, `escape`. */
export interface Key {
  readonly name: string
  /** With the name `paste`: what was pasted. */
  readonly text?: string
  readonly ctrl: boolean
  readonly alt: boolean
  readonly shift: boolean
}

/**
 * Makes keys of what a terminal sends in raw mode. What comes between the brackets of a paste is one
 * key with the name `paste`, whatever keys its text would be. An escape
 * that nothing follows may be the key or the beginning of a sequence: `flush` says that nothing more came.
 * Source: XTerm Control Sequences, "PC-Style Function Keys" and "Bracketed Paste Mode".
 */
export interface KeyDecoder {
  feed(chunk: string): readonly Key[]
  flush(): readonly Key[]
}

/** Final letter of `ESC [ 1 ; modifiers LETTER` and of `ESC O LETTER`. */
const byLetter: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
  Z: 'tab',
}
/** Number of `ESC [ number ~`. */
const byNumber: Readonly<Record<string, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
}
const pasteBegins = '\u001b[200~'
const pasteEnds = '\u001b[201~'
/** Beyond this nobody pastes on purpose. */
const longestPaste = 65_536
/** A whole sequence at the beginning: `ESC [ parameters final` or `ESC O final`. */
const sequence = /^\u001b(?:\[([0-9;?<=>]*)([ -/]*)([@-~])|O([ -~]))/
/** What may still become one. */
const unfinished = /^\u001b(?:\[[0-9;?<=>]*[ -/]*|O)?$/

/** A decoder for one terminal. */
export function createKeyDecoder(): KeyDecoder {
  let pending = ''
  let isPasting = false
  let pasted = ''
  const keep = (text: string): void => {
    pasted = (pasted + text).slice(0, longestPaste)
  }
  const takeOne = (): readonly Key[] | undefined => {
    if (isPasting) {
      const end = pending.indexOf(pasteEnds)
      // A paste may be long: only what could be the beginning of its end is kept.
      if (end === -1) {
        keep(pending.slice(0, -(pasteEnds.length - 1)))
        pending = pending.slice(-(pasteEnds.length - 1))
        return undefined
      }
      keep(pending.slice(0, end))
      pending = pending.slice(end + pasteEnds.length)
      isPasting = false
      return [{ ...plainKey('paste'), text: pasted }]
    }
    if (pending === '' || unfinished.test(pending)) return undefined
    if (pending.startsWith(pasteBegins)) {
      pending = pending.slice(pasteBegins.length)
      isPasting = true
      pasted = ''
      return []
    }
    const [whole, keys] = firstKeys(pending)
    pending = pending.slice(whole.length)
    return keys
  }
  const takeAll = (): readonly Key[] => {
    const keys: Key[] = []
    for (let some = takeOne(); some !== undefined; some = takeOne()) keys.push(...some)
    return keys
  }
  return {
    feed(chunk) {
      pending += chunk
      return takeAll()
    },
    flush() {
      if (isPasting || pending === '') return []
      const left = pending
      pending = ''
      return left === '\u001b' ? [plainKey('escape')] : []
    },
  }
}

/** The text of the first key in what came, and the key; of a sequence that means none, nothing. */
function firstKeys(text: string): readonly [whole: string, keys: readonly Key[]] {
  const match = sequence.exec(text)
  if (match !== null) {
    const [whole, parameters = '', , final = '', letter] = match
    const [number = '', modifiers = '1'] = parameters.split(';')
    const name = letter === undefined ? (final === '~' ? byNumber[number] : byLetter[final]) : byLetter[letter]
    if (name === undefined) return [whole, []]
    const key = modifiedKey(name, Number(modifiers))
    return [whole, [final === 'Z' ? { ...key, shift: true } : key]]
  }
  if (text.startsWith('\u001b')) {
    const second = [...text.slice(1)][0] ?? ''
    return [`\u001b${second}`, second === '\u001b' ? [plainKey('escape')] : [{ ...characterKey(second), alt: true }]]
  }
  const char = [...text][0] ?? ''
  return [char, [characterKey(char)]]
}

/** Modifiers are told as 1 plus the sum of 1 for shift, 2 for alt, 4 for ctrl. */
function modifiedKey(name: string, modifiers: number): Key {
  const bits = Math.max(0, modifiers - 1)
  return { name, shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 }
}

function characterKey(char: string): Key {
  if (char === '\t') return plainKey('tab')
  if (char === '\r' || char === '\n') return plainKey('enter')
  if (char === '\u007f' || char === '\b') return plainKey('backspace')
  const code = char.charCodeAt(0)
  // Ctrl with a letter sends its place in the alphabet.
  if (code < 0x20) return { ...plainKey(String.fromCharCode(code + 0x60)), ctrl: true }
  return plainKey(char)
}

function plainKey(name: string): Key {
  return { name, ctrl: false, alt: false, shift: false }
}

/** `q`, `shift+tab`, `ctrl+c`: as tables of keys name them. */
export function keyName({ name, ctrl, alt, shift }: Key): string {
  return `${ctrl ? 'ctrl+' : ''}${alt ? 'alt+' : ''}${shift ? 'shift+' : ''}${name}`
}
