/** Builtins that fill arrays. Source: bash(1), mapfile, read. */
import type { Steps } from '../../../kernel/steps.ts'
import type { ByteText } from '../../byte-text.ts'
import type { Outcome, Shell } from '../shell.ts'
import { Input } from '../streams.ts'
import { setArray, setElement } from '../words/arrays.ts'
import { type BuiltinCall, complain } from './builtin.ts'

/** Lines of standard input into the elements of an array; MAPFILE unless one is named. */
export function* mapfile(call: BuiltinCall): Steps<Outcome> {
  const { shell, streams } = call
  const given = mapfileOptions(call.args)
  if (typeof given === 'string') return complain(call, given, 2)
  const { keepsEnds, end, count, origin, skip, fd, name } = given
  if (!/^[A-Za-z_]\w*$/.test(name)) return complain(call, `\`${name}': not a valid identifier`, 1)
  const stdin = fd === undefined ? streams.stdin : streams.get(fd)
  if (!(stdin instanceof Input)) return complain(call, `${fd}: invalid file descriptor: Bad file descriptor`, 1)
  if (origin === undefined && !setArray(shell, name, [])) return complain(call, `${name}: readonly variable`, 1)
  const held = (length: number): void => shell.budget.hold(length)
  for (let i = 0; i < skip; i++) yield* stdin.line(held, end)
  for (let i = 0; count === 0 || i < count; i++) {
    const line = yield* stdin.line(held, end)
    if (line === undefined) break
    const text = !keepsEnds && line.endsWith(end) ? line.slice(0, -1) : line
    setElement(shell, name, String((origin ?? 0) + i), text)
  }
  return 0
}

interface MapfileOptions {
  keepsEnds: boolean
  end: ByteText
  /** 0: all. */
  count: number
  origin: number | undefined
  skip: number
  fd: number | undefined
  name: string
}

/** What is wrong with them as text. */
function mapfileOptions(args: readonly ByteText[]): MapfileOptions | string {
  const found: MapfileOptions = {
    keepsEnds: true,
    end: '\n',
    count: 0,
    origin: undefined,
    skip: 0,
    fd: undefined,
    name: 'MAPFILE',
  }
  let i = 0
  for (; i < args.length && /^-./.test(args[i] ?? ''); i++) {
    const arg = args[i] ?? ''
    if (arg === '--') {
      i++
      break
    }
    for (let k = 1; k < arg.length; k++) {
      const letter = arg.charAt(k)
      if (letter === 't') {
        found.keepsEnds = false
        continue
      }
      if (!'dnOsu'.includes(letter))
        return `-${letter}: invalid option\nmapfile: usage: mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]`
      const value = arg.slice(k + 1) || (args[++i] ?? '')
      if (letter === 'd') found.end = value.charAt(0) || '\0'
      if (letter === 'n') found.count = Number(value)
      if (letter === 'O') found.origin = Number(value)
      if (letter === 's') found.skip = Number(value)
      if (letter === 'u') found.fd = Number(value)
      break
    }
  }
  const name = args[i]
  if (name !== undefined) found.name = name
  return found
}

/** The words of a line as IFS parts them, for `read -a`. */
export function wordsOf(line: ByteText, isRaw: boolean, shell: Shell): readonly ByteText[] {
  const separators = shell.variables.get('IFS') ?? ' \t\n'
  const isBlank = (char: string): boolean => char !== '' && ' \t\n'.includes(char) && separators.includes(char)
  const words: ByteText[] = []
  let word = ''
  let isOpen = false
  let afterBlank = false
  const end = (): void => {
    words.push(word)
    word = ''
    isOpen = false
  }
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i)
    if (!isRaw && char === '\\' && i + 1 < line.length) {
      word += line.charAt(++i)
      isOpen = true
      afterBlank = false
    } else if (isBlank(char)) {
      if (isOpen) {
        end()
        afterBlank = true
      }
    } else if (separators.includes(char)) {
      if (isOpen || !afterBlank) end()
      afterBlank = false
    } else {
      word += char
      isOpen = true
      afterBlank = false
    }
  }
  if (isOpen) end()
  return words
}
