/**
 * What a terminal would take for more than text: sequences that move its cursor, set its title or its colours (with all
 * that they carry), other control characters, and characters that turn the direction of writing or can't be seen.
 * Source: ECMA-48; XTerm Control Sequences; Unicode UAX #9 (bidirectional controls), UTS #36 (invisible characters).
 */
const sequences =
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g
const unseen =
  /[\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|\udb40[\udc00-\udfff]/g

/**
 * Text from outside as it may go to a terminal. All that podsim writes there passes here: control sequences and other
 * control characters are taken out, what can't be seen or turns the direction of writing is shown by its code. Line ends
 * and tabs stay.
 */
export function safeText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(sequences, '').replace(controls, '').replace(unseen, codeOf)
}

/** `safeText` for what is one line, such as a title or the name of a file: nobody may begin a line of his own. */
export function safeLine(text: string): string {
  return safeText(text).replace(/[\n\t]/g, (char) => (char === '\n' ? '\\n' : '\\t'))
}

/**
 * JSON whose strings can do nothing to a terminal: what `JSON.stringify` leaves as it is, such as C1 controls, is escaped.
 * It parses to the same value.
 */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent)
    .replace(/[\u007f-\u009f]/g, codeOf)
    .replace(unseen, codeOf)
}

/** `\u202e`; of a pair of surrogates both. */
function codeOf(chars: string): string {
  return chars
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}
