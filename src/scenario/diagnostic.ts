/** A mistake in a scenario file, as data: tests name the code, the edge draws the code frame. docs/errors.md lists the codes. */
export const diagnosticCodes = {
  EMPTY_FILE: 'The file holds nothing.',
  NOT_READABLE: 'The file cannot be read.',
  YAML_SYNTAX: 'The text is no YAML.',
  UNKNOWN_KEY: 'A map has a key that means nothing there.',
  MISSING_KEY: 'A map lacks a key that it must have.',
  WRONG_TYPE: 'A value is of another type than its key wants.',
  BAD_VALUE: 'A value is none of those that its key takes.',
  BAD_DURATION: 'A duration is not written as a number with a unit.',
  UNKNOWN_STEP: 'A step has no action.',
  AMBIGUOUS_STEP: 'A step has more than one action.',
  UNKNOWN_EXPECTATION: 'An expectation names nothing to look at.',
  AMBIGUOUS_EXPECTATION: 'An expectation names more than one thing to look at, or several times.',
  UNKNOWN_FAULT: 'A fault names no accident.',
  AMBIGUOUS_FAULT: 'A fault is more than one accident.',
  BAD_MANIFEST: 'A manifest is no object of Kubernetes.',
  OCTAL_MODE: 'A mode is written in octal where decimal is read, or the other way round.',
  NEWLINES_IN_VALUE: 'A Secret has base64 with line ends inside.',
  BAD_SECRET_VALUE: 'A value of a Secret is not what it seems.',
  UNKNOWN_SECRET: 'Something needs a Secret that nobody creates.',
  UNKNOWN_SECRET_KEY: 'Something needs a key that a Secret does not have.',
  UNREACHABLE: 'An expectation can never hold.',
  UNUSED: 'Something is declared that nothing asks for.',
  NO_QUESTION: 'A lesson asks nothing.',
  BAD_REFERENCE: 'Something refers to what the scenario does not declare.',
  MISSING_FILE: 'A file that the scenario takes from disk does not exist.',
  PODSIM_BROKEN: 'podsim itself went wrong while it loaded the file.',
} as const

export type DiagnosticCode = keyof typeof diagnosticCodes

export interface Diagnostic {
  readonly code: DiagnosticCode
  /** One sentence: what was found, and what was expected instead. */
  readonly message: string
  readonly file: string
  /** Offsets into the text, end exclusive; line and column come when printing. */
  readonly range: readonly [start: number, end: number]
  /** What the file holds, where it is not the file that was loaded but one that this includes. */
  readonly text?: string
  /** What the author may have meant. */
  readonly suggestion?: string
}

export type Loaded<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly errors: readonly [Diagnostic, ...Diagnostic[]] }

/** Line and column of an offset, both counted from 1; columns in UTF-16 code units. */
export function lineAndColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset)
  const lineStart = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: offset - lineStart + 1 }
}

/**
 * The diagnostic as a person reads it: `file:line:column`, the sentence, the line with its neighbours and a caret.
 * Tabs and control characters of the source are shown, never sent to the terminal as they are.
 */
export function drawDiagnostic(
  diagnostic: Diagnostic,
  loaded: string,
  severity: 'error' | 'warning' = 'error',
): string {
  const { text = loaded } = diagnostic
  const { line, column } = lineAndColumn(text, diagnostic.range[0])
  const head = `${diagnostic.file}:${line}:${column}: ${severity} ${diagnostic.code}: ${printable(diagnostic.message)}`
  const suggestion = diagnostic.suggestion === undefined ? [] : [`  did you mean ${diagnostic.suggestion}?`]
  if (text === '') return [head, ...suggestion].join('\n')
  const frame = codeFrame(text, { line, column }, diagnostic.range[1] - diagnostic.range[0])
  return [head, ...frame, ...suggestion].join('\n')
}

/**
 * The line of a place with its neighbours, and a caret below what is meant: so many characters, or to the end of the line.
 * Tabs and control characters are shown, never sent to the terminal as they are.
 */
export function codeFrame(
  text: string,
  { line, column }: { readonly line: number; readonly column: number },
  meant = Number.POSITIVE_INFINITY,
): readonly string[] {
  // The end of a line is no part of what is shown of it, be it LF or CR LF.
  const lines = text.split(/\r?\n/)
  const width = String(Math.min(lines.length, line + 1)).length
  const frame: string[] = []
  for (let n = Math.max(1, line - 2); n <= Math.min(lines.length, line + 1); n++) {
    const source = lines[n - 1] ?? ''
    frame.push(`${n === line ? '>' : ' '} ${String(n).padStart(width)} | ${visible(source)}`.trimEnd())
    if (n !== line) continue
    const lead = visible(source.slice(0, column - 1)).length
    const length = Math.min(meant, visible(source).length - lead, source.length - column + 1)
    frame.push(`  ${' '.repeat(width)} | ${' '.repeat(lead)}${'^'.repeat(Math.max(1, length))}`)
  }
  return frame
}

/** A line as it is shown: cut where it is very long. */
function visible(text: string): string {
  const shown = printable(text)
  return shown.length > 160 ? `${shown.slice(0, 157)}...` : shown
}

/** Tabs as an arrow, other control and direction characters as their code. */
function printable(text: string): string {
  return text
    .replace(/\t/g, '→')
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}
