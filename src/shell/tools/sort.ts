/** sort. Sources: GNU coreutils, sort.c; busybox coreutils/sort.c. */
import { errorText } from '../../fs/error-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { ByteText } from '../byte-text.ts'
import { allLines, complain, inputs, options, quoted, say, type Tool, writeFile } from './tool.ts'

interface SortKey {
  readonly from: number
  readonly fromChar: number
  readonly to: number
  readonly flags: string
}

/** Sorts lines bytewise, or by number, version or key. */
export const sort: Tool = function* sort(context): Steps<number> {
  const given = options(
    context,
    'rnugfhVbdiMk:t:o:szcC',
    {
      reverse: 'r',
      'numeric-sort': 'n',
      unique: 'u',
      key: 'k',
      'field-separator': 't',
      'ignore-case': 'f',
      'human-numeric-sort': 'h',
      'version-sort': 'V',
      output: 'o',
      stable: 's',
      check: 'c',
    },
    { badCode: 2 },
  )
  if (typeof given === 'number') return given
  const { list, code } = inputs(context, given.operands)
  const keys: SortKey[] = []
  for (const text of given.all('k')) {
    const match = /^(\d+)(?:\.(\d+))?([a-zA-Z]*)(?:,(\d+)(?:\.\d+)?([a-zA-Z]*))?$/.exec(text)
    if (match === null)
      return complain(
        context,
        say(
          context,
          `invalid number at field start: invalid count at start of ${quoted(context, text)}`,
          `bad field specification`,
        ),
        2,
      )
    const [, from = '1', fromChar = '1', flags = '', to, more = ''] = match
    keys.push({
      from: Number(from),
      fromChar: Number(fromChar),
      to: to === undefined ? Number.POSITIVE_INFINITY : Number(to),
      flags: flags + more,
    })
  }
  const letters = ['r', 'n', 'g', 'h', 'V', 'f', 'b', 'd', 'M'].filter((letter) => given.has(letter)).join('')
  const order = comparer(keys, letters, given.value('t'))
  const last = (a: ByteText, b: ByteText): number =>
    given.has('s') || given.has('u') ? 0 : compareText(a, b) * (given.has('r') ? -1 : 1)
  const end = given.has('z') ? '\0' : '\n'
  const lines = yield* allLines(context, list, end)
  context.shell.budget.spendCommands(Math.ceil(lines.length / 16))
  if (given.has('c')) {
    const at = lines.findIndex((line, i) => i > 0 && order(lines[i - 1] ?? '', line) > 0)
    if (at >= 0 && context.voice === 'busybox') {
      context.err(`Check line ${at}\n`)
      return 1
    }
    return at < 0 ? 0 : complain(context, `${given.operands[0] ?? '-'}:${at + 1}: disorder: ${lines[at] ?? ''}`)
  }
  const sorted = lines.sort((a, b) => order(a, b) || last(a, b))
  const kept = given.has('u') ? sorted.filter((line, i) => i === 0 || order(line, sorted[i - 1] ?? '') !== 0) : sorted
  const text = kept.map((line) => `${line}${end}`).join('')
  const target = given.value('o')
  const failed = target === undefined ? context.out(text) : writeFile(context, target, text)
  if (typeof failed === 'string') return complain(context, `open failed: ${target ?? ''}: ${errorText(failed)}`, 2)
  return code === 0 ? 0 : 2
}

function compareText(a: ByteText, b: ByteText): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Keys one after the other; without keys the whole line. */
function comparer(
  keys: readonly SortKey[],
  letters: string,
  separator: string | undefined,
): (a: ByteText, b: ByteText) => number {
  const whole: SortKey = { from: 1, fromChar: 1, to: Number.POSITIVE_INFINITY, flags: '' }
  return (a, b) => {
    for (const key of keys.length === 0 ? [whole] : keys) {
      const flags = key.flags === '' ? letters : key.flags
      const [x, y] = keys.length === 0 ? [a, b] : [keyOf(a, key, separator), keyOf(b, key, separator)]
      const difference = compareKeys(x, y, flags)
      if (difference !== 0) return flags.includes('r') ? -difference : difference
    }
    return 0
  }
}

function keyOf(line: ByteText, { from, fromChar, to }: SortKey, separator: string | undefined): ByteText {
  const fields = separator === undefined ? (line.match(/[ \t]*[^ \t]+/g) ?? []) : line.split(separator)
  return fields
    .slice(from - 1, to)
    .join(separator ?? '')
    .slice(fromChar - 1)
}

function compareKeys(a: ByteText, b: ByteText, flags: string): number {
  if (/[ngh]/.test(flags)) return sortNumber(a, flags.includes('h')) - sortNumber(b, flags.includes('h'))
  if (flags.includes('V')) return compareVersions(a, b)
  const plain = (text: ByteText): ByteText => {
    const trimmed = /[bM]/.test(flags) ? text.trimStart() : text
    const kept = flags.includes('d') ? trimmed.replace(/[^A-Za-z0-9 \t]/g, '') : trimmed
    return flags.includes('f') ? kept.toUpperCase() : kept
  }
  if (flags.includes('M')) return monthOf(a) - monthOf(b)
  return compareText(plain(a), plain(b))
}

function sortNumber(text: ByteText, isHuman: boolean): number {
  const match = /^\s*(-?\d*\.?\d*)([KMGTPE]?)/i.exec(text)
  const number = Number.parseFloat(match?.[1] ?? '') || 0
  return isHuman ? number * 1024 ** ' KMGTPE'.indexOf((match?.[2] ?? '').toUpperCase() || ' ') : number
}

function monthOf(text: ByteText): number {
  return ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'].indexOf(
    text.trim().slice(0, 3).toUpperCase(),
  )
}

function compareVersions(a: ByteText, b: ByteText): number {
  const parts = (text: ByteText): string[] => text.match(/\d+|\D+/g) ?? []
  const [x, y] = [parts(a), parts(b)]
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [m = '', n = ''] = [x[i], y[i]]
    const difference = /^\d/.test(m) && /^\d/.test(n) ? Number(m) - Number(n) : compareText(m, n)
    if (difference !== 0) return difference
  }
  return x.length - y.length
}
