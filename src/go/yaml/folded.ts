/**
 * What a folded text is after go-yaml v3 has written it and read it again: its writer looks at the text's beginning where it
 * should look at what follows a line break, so that an empty line more stands before a line that begins with a blank.
 * Source: gopkg.in/yaml.v3 emitterc.go, yaml_emitter_write_folded_scalar (`k := 0`) and yaml_emitter_select_scalar_style.
 */

import { analyzeScalar, isBlank, isBreak } from './go-yaml-scalar.ts'
import { chompingHint } from './go-yaml-writer.ts'
import { parseYaml } from './parser.ts'

const [tab, lineFeed, space, letter] = [0x09, 0x0a, 0x20, 0x61] as const

/** The text of a `>` scalar, written and read once more. */
export function refolded(text: string): string {
  const runes = Array.from(text, (char) => char.codePointAt(0) ?? 0)
  // To version 3, a tab is no reason to quote.
  const { isBlockAllowed } = analyzeScalar(runes.map((code) => (code === tab ? letter : code)))
  if (!isBlockAllowed) return text
  const first = runes[0] ?? 0
  const indent = first === space || isBreak(first) ? '2' : ''
  const node = parseYaml(`- >${indent}${chompingHint(runes)}\n${foldedLines(runes)}`)
  const [item] = node?.kind === 'sequence' ? node.items : []
  return item?.kind === 'scalar' ? item.value : text
}

function foldedLines(runes: readonly number[]): string {
  const begin = runes.find((code) => !isBreak(code))
  const doubles = begin !== undefined && !isBlank(begin)
  let [written, afterBreak, leadingBlank] = ['', true, true]
  for (const code of runes) {
    const char = String.fromCodePoint(code)
    if (isBreak(code)) {
      written += doubles && !afterBreak && !leadingBlank && code === lineFeed ? `\n${char}` : char
      afterBreak = true
      continue
    }
    if (afterBreak) {
      written += '  '
      leadingBlank = isBlank(code)
    }
    written += char
    afterBreak = false
  }
  return written
}
