import { type ByteText, toBytes } from '../bytes-text.ts'

const escapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

/** What `echo` writes. Options -n, -e, -E, as busybox has them. Source: busybox coreutils/echo.c. */
export function echoText(args: readonly string[]): ByteText {
  let newline = true
  let interprets = false
  let first = 0
  for (; /^-[neE]+$/.test(args[first] ?? ''); first++)
    for (const letter of (args[first] ?? '').slice(1)) {
      if (letter === 'n') newline = false
      else interprets = letter === 'e'
    }
  const text = toBytes(args.slice(first).join(' '))
  if (!interprets) return newline ? `${text}\n` : text
  const { output, stops } = interpretEscapes(text)
  return stops || !newline ? output : `${output}\n`
}

/** Replaces backslash escapes; `\c` ends the output. */
export function interpretEscapes(text: ByteText): { readonly output: ByteText; readonly stops: boolean } {
  const end = /(?:^|[^\\])(?:\\\\)*(\\c)/.exec(text)
  const until = end === null ? text : text.slice(0, end.index + end[0].length - 2)
  const output = until.replace(/\\(0[0-7]{0,3}|x[0-9A-Fa-f]{1,2}|[1-7][0-7]{0,2}|.)/gs, (whole, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255)
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return Object.hasOwn(escapes, code) ? (escapes[code] ?? whole) : whole
  })
  return { output, stops: end !== null }
}
