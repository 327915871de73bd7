/** Field selectors: `metadata.name=db,type!=Opaque`. Source: apimachinery pkg/fields/selector.go. */

export interface FieldTerm {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

export type ParsedFieldSelector =
  | { readonly ok: true; readonly terms: readonly FieldTerm[] }
  | { readonly ok: false; readonly message: string }

/** Parses the text of `?fieldSelector=`; terms come sorted. Which fields are allowed is the resource's business. */
export function parseFieldSelector(text: string): ParsedFieldSelector {
  const terms: FieldTerm[] = []
  for (const part of splitTerms(text).sort()) {
    if (part === '') continue
    const operator = /!=|==|=/.exec(part)
    if (operator === null) return { ok: false, message: `invalid selector: '${text}'; can't understand '${part}'` }
    const value = unescapeValue(part.slice(operator.index + operator[0].length))
    if (!value.ok) return { ok: false, message: value.message }
    terms.push({ field: part.slice(0, operator.index), equal: operator[0] !== '!=', value: value.text })
  }
  return { ok: true, terms }
}

/** Splits at commas that no backslash escapes. */
function splitTerms(text: string): string[] {
  const terms: string[] = []
  let start = 0
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === ',') {
      terms.push(text.slice(start, at))
      start = at + 1
    }
  }
  terms.push(text.slice(start))
  return terms
}

function unescapeValue(text: string): { ok: true; text: string } | { ok: false; message: string } {
  let plain = ''
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char === '\\') {
      const escaped = text.charAt(++at)
      if (escaped !== '\\' && escaped !== ',' && escaped !== '=') {
        return { ok: false, message: `invalid field selector: invalid escape sequence: \\${escaped}` }
      }
      plain += escaped
    } else if (char === ',' || char === '=') {
      return { ok: false, message: `invalid field selector: unescaped character in value: ${char.charCodeAt(0)}` }
    } else {
      plain += char
    }
  }
  return { ok: true, text: plain }
}

/** The value that a field must have by these terms, if they pin it. */
export function requiredValue(terms: readonly FieldTerm[], field: string): string | undefined {
  return terms.find((term) => term.field === field && term.equal)?.value
}
