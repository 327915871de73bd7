import type { FileView } from '../../fs/node-fs.ts'

interface TestPlace {
  readonly files: FileView
  readonly cwd: string
}

/** Value of a `test` expression, or what is wrong with it. Source: busybox coreutils/test.c. */
export function evaluateTest(args: readonly string[], place: TestPlace): boolean | string {
  let at = 0
  let trouble: string | undefined
  const fail = (message: string): boolean => {
    trouble ??= message
    return false
  }
  const primary = (): boolean => {
    const token = args[at++]
    if (token === undefined) return fail('argument expected')
    const left = args.length - at
    const operator = args[at] ?? ''
    if (isBinary(operator) && left >= 2) {
      const right = args[at + 1] ?? ''
      at += 2
      return binary(token, operator, right, place, fail)
    }
    if (token === '!' && left > 0) return !primary()
    if (token === '(' && left > 1) {
      const value = either()
      return args[at++] === ')' ? value : fail('closing paren expected')
    }
    if (/^-[bcdefghkLnpOrstuwxzSG]$/.test(token) && left > 0) return unary(token.charAt(1), args[at++] ?? '', place)
    return token !== ''
  }
  const both = (): boolean => {
    let value = primary()
    while (args[at] === '-a' && trouble === undefined) {
      at++
      const next = primary()
      value = value && next
    }
    return value
  }
  const either = (): boolean => {
    let value = both()
    while (args[at] === '-o' && trouble === undefined) {
      at++
      const next = both()
      value = value || next
    }
    return value
  }
  if (args.length === 0) return false
  const value = either()
  if (trouble === undefined && at < args.length) trouble = `${args[at]}: unknown operand`
  return trouble ?? value
}

const isBinary = (operator: string) => /^(=|==|!=|<|>|-eq|-ne|-lt|-le|-gt|-ge|-nt|-ot|-ef)$/.test(operator)

function binary(a: string, operator: string, b: string, place: TestPlace, fail: (message: string) => boolean): boolean {
  switch (operator) {
    case '=':
    case '==':
      return a === b
    case '!=':
      return a !== b
    case '<':
      return a < b
    case '>':
      return a > b
    case '-nt':
    case '-ot':
    case '-ef': {
      const first = place.files.stat(pathOf(a, place))
      const second = place.files.stat(pathOf(b, place))
      if (!first.ok || !second.ok) return false
      if (operator === '-ef') return first.value.inode === second.value.inode
      const later = first.value.mtimeMs - second.value.mtimeMs
      return operator === '-nt' ? later > 0 : later < 0
    }
  }
  const wrong = [a, b].find((text) => !/^\s*[-+]?\d+\s*$/.test(text))
  if (wrong !== undefined) return fail(`${wrong}: bad number`)
  const difference = Number(a) - Number(b)
  const sign: Readonly<Record<string, boolean>> = {
    '-eq': difference === 0,
    '-ne': difference !== 0,
    '-lt': difference < 0,
    '-le': difference <= 0,
    '-gt': difference > 0,
    '-ge': difference >= 0,
  }
  return sign[operator] ?? false
}

function unary(letter: string, operand: string, place: TestPlace): boolean {
  if (letter === 'n') return operand !== ''
  if (letter === 'z') return operand === ''
  if (letter === 't') return false
  const path = pathOf(operand, place)
  const { files } = place
  if (letter === 'L' || letter === 'h') {
    const link = files.lstat(path)
    return link.ok && link.value.type === 'symlink'
  }
  const stat = files.stat(path)
  if (!stat.ok) return false
  switch (letter) {
    case 'f':
      return stat.value.type === 'file'
    case 'd':
      return stat.value.type === 'directory'
    case 's':
      return stat.value.size > 0
    case 'r':
      return files.access(path, 4).ok
    case 'w':
      return files.access(path, 2).ok
    case 'x':
      return files.access(path, 1).ok && (stat.value.type === 'directory' || (stat.value.mode & 0o111) !== 0)
    case 'e':
      return true
    default:
      return (stat.value.mode & ({ u: 0o4000, g: 0o2000, k: 0o1000 }[letter] ?? 0)) !== 0
  }
}

function pathOf(path: string, { cwd }: TestPlace): string {
  return path.startsWith('/') ? path : `${cwd}/${path}`
}
