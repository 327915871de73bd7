/** `[[ ... ]]` of bash. Source: bash(1), Compound Commands. */
import type { ScriptCursor } from './cursor.ts'
import type { Word } from './syntax.ts'

/** Its words up to the end, in which operators of the grammar are words. */
export function conditionWords(cursor: ScriptCursor): Word[] {
  const words: Word[] = []
  for (;;) {
    cursor.skipBlanks()
    while (cursor.atNewline) cursor.skipNewlines()
    if (cursor.atEnd) cursor.unexpected(']]')
    const isRegex = isPlain(words.at(-1), '=~')
    const operator = isRegex ? undefined : cursor.operator()
    if (isRegex) words.push(regexWord(cursor))
    else if (operator === undefined) words.push(cursor.word())
    else {
      words.push([{ kind: 'text', text: operator, quoted: false }])
      cursor.index += operator.length
    }
    if (isPlain(words.at(-1), ']]')) return words
  }
}

/** What stands behind `=~`: brackets and bars belong to it. */
function regexWord(cursor: ScriptCursor): Word {
  const parts = [...cursor.word()]
  for (let depth = 0; ; ) {
    const char = cursor.text.charAt(cursor.index)
    if (char === '(') depth++
    else if (char === ')' && depth > 0) depth--
    else if (char !== '|' && !(depth > 0 && (char === ' ' || char === '<' || char === '>'))) return parts
    cursor.index++
    parts.push({ kind: 'text', text: char, quoted: false }, ...cursor.word())
  }
}

/** Whether a word is this text, unquoted. */
export function isPlain(word: Word | undefined, text: string): boolean {
  return word?.map((part) => (part.kind === 'text' && !part.quoted ? part.text : '\0')).join('') === text
}
