/** Colours of the terminal's own palette; nobody's background is assumed. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan'

export type Paint = (style: Style, text: string) => string

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
  if (!isColoured) return (_style, text) => text
  return (style, text) => `\u001b[${codes[style][0]}m${text}\u001b[${codes[style][1]}m`
}

/**
 * Text from outside as it may go to a terminal: control sequences and other control characters are taken out, line
 * ends and tabs stay. What turns the direction of writing is shown by its code.
 */
export function safeText(text: string): string {
  return text
    .replace(/\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g, '')
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(
      /[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}

/** Every line behind the same lead. */
export function indent(text: string, lead: string): string {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `${lead}${line}`.trimEnd())
    .join('\n')
}
