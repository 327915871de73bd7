const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** What a quoted text of Go stands for; undefined when it is none. Source: Go strconv.Unquote. */
export function unquoteGo(token: string): string | undefined {
  if (token.startsWith('`')) return token.slice(1, -1).replaceAll('\r', '')
  let isWrong = false
  const text = token
    .slice(1, -1)
    .replace(
      /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3})|(.?))/gsu,
      (_, u?: string, long?: string, x?: string, octal?: string, char = '') => {
        const hex = u ?? long ?? x
        if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
        if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
        isWrong ||= escapes[char] === undefined
        return escapes[char] ?? ''
      },
    )
  return isWrong ? undefined : text
}
