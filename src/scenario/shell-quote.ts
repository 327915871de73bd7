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

/**
 * Characters that a terminal shows, tabs among them, apart from others. A line end goes with what follows it, for a command
 * substitution loses those at its end; only at the end of a word it stands as it is.
 */
function runsOf(word: string): readonly TextRun[] {
  const runs: TextRun[] = []
  const parts = word.match(/\n+[^\n]|[\s\S]/gu) ?? []
  for (const part of parts) {
    const isShown = part === '\n' || part === '\t' || !/[\n\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(part)
    const last = runs[runs.length - 1]
    if (last?.isShown === isShown) last.text += part
    else runs.push({ text: part, isShown })
  }
  return runs
}

function printed(text: string): string {
  const octal = [...utf8Bytes(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`)
  return `"$(printf '${octal.join('')}')"`
}
