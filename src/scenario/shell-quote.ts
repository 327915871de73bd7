import { utf8Bytes } from '../bytes/bytes.ts'

/**
 * A word as a POSIX shell reads it back: bare if it has nothing special, else in single quotes; control characters and what
 * can't be seen through `printf`, so that the line can be read and pasted.
 * Source: POSIX.1-2017, Shell Command Language 2.2 (quoting) and 2.6.3 (command substitution); printf.
 */
export function shellQuoted(word: string): string {
  if (/^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+:,./=-]*$/.test(word)) return word
  if (word === '') return "''"
  return runsOf(word)
    .map(({ text, isShown }) => (isShown ? `'${text.replaceAll("'", "'\\''")}'` : printed(text)))
    .join('')
}

interface TextRun {
  text: string
  readonly isShown: boolean
}

/** Characters that a terminal shows, line ends and tabs among them, apart from others. */
function runsOf(word: string): readonly TextRun[] {
  const runs: TextRun[] = []
  for (const char of word) {
    const isShown = char === '\n' || char === '\t' || !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(char)
    const last = runs[runs.length - 1]
    if (last?.isShown === isShown) last.text += char
    else runs.push({ text: char, isShown })
  }
  return runs
}

/** A command substitution loses line ends at its end: none is in what comes here. */
function printed(text: string): string {
  const octal = [...utf8Bytes(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
  return `"$(printf '${octal.join('')}')"`
}
