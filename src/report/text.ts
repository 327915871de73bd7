import { safeText } from '../bytes/terminal-text.ts'

/** Colours of the terminal's own palette; nobody's background is assumed. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan'

/**
 * Text that may be written as it is: only `plain`, `lines` and a `Paint` make it, and they let nothing through that a terminal
 * would obey but podsim's own styles.
 */
export class TerminalText {
  readonly #text: string

  /** For this module alone: `written` has been made harmless. */
  constructor(written: string) {
    this.#text = written
  }

  toString(): string {
    return this.#text
  }
}

export type Paint = (style: Style, text: string | TerminalText) => TerminalText

const codes: Readonly<Record<Style, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  cyan: [36, 39],
}

/** Colours, or plain text. */
export function createPaint(isColoured: boolean): Paint {
  if (!isColoured) return (_style, text) => new TerminalText(harmless(text))
  return (style, text) => new TerminalText(`\u001b[${codes[style][0]}m${harmless(text)}\u001b[${codes[style][1]}m`)
}

/** A template whose strings are made harmless and whose painted parts stay painted. */
export function plain(
  fixed: TemplateStringsArray,
  ...parts: readonly (string | number | TerminalText)[]
): TerminalText {
  return new TerminalText(fixed.map((text, i) => text + (i < parts.length ? harmless(parts[i] ?? '') : '')).join(''))
}

/** One after the other, each with its line end. */
export function lines(all: readonly TerminalText[]): TerminalText {
  return new TerminalText(all.map((line) => `${line}\n`).join(''))
}

/** One after the other, as they are. */
export function joined(all: readonly TerminalText[], between = ''): TerminalText {
  return new TerminalText(all.join(between))
}

/** Every line of a text behind the same lead, none empty at its end. */
export function indented(text: string | TerminalText, lead: string | TerminalText): TerminalText {
  const all = harmless(text)
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${harmless(lead)}${line}`.trimEnd())
  return new TerminalText(all.join('\n'))
}

function harmless(part: string | number | TerminalText): string {
  return part instanceof TerminalText ? part.toString() : safeText(String(part))
}
