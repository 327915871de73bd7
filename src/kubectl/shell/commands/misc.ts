/** date, seq, sleep, xargs, env, timeout and other small programs. */

import { baseName } from '../../../go/path.ts'
import { civilTime, padNumber, parseRfc3339 } from '../../../kernel/calendar.ts'
import { toByteText } from '../byte-text.ts'
import { secondsOf } from '../duration.ts'
import { complain, curly, options, type ShellCommand, usage } from './command.ts'

const dayNames = ['Thursday', 'Friday', 'Saturday', 'Sunday', 'Monday', 'Tuesday', 'Wednesday']
const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** The host's wall clock, in UTC. */
export const date: ShellCommand = (context) => {
  const { flags, operands, error } = options(context.args, 'uRI:d:', {
    utc: 'u',
    date: 'd',
    'rfc-email': 'R',
    'iso-8601': 'I',
  })
  if (error !== undefined) return usage(context, error)
  const given = flags.get('d')
  const at =
    given === undefined || given === 'now'
      ? context.state.host.now()
      : given.startsWith('@')
        ? Number(given.slice(1)) * 1000
        : parseRfc3339(given)
  if (at === undefined || Number.isNaN(at)) return complain(context, `invalid date ${curly(given ?? '')}`)
  const format = operands[0]?.startsWith('+')
    ? operands[0].slice(1)
    : flags.has('R')
      ? '%a, %d %b %Y %H:%M:%S +0000'
      : flags.has('I')
        ? '%Y-%m-%d'
        : '%a %b %e %H:%M:%S UTC %Y'
  context.out(`${formatted(format, at)}\n`)
  return 0
}

function formatted(format: string, at: number): string {
  const t = civilTime(at)
  const dayName = dayNames[((Math.floor(at / 86_400_000) % 7) + 7) % 7] ?? ''
  const monthName = monthNames[t.month - 1] ?? ''
  const [year, month, day] = [padNumber(t.year, 4), padNumber(t.month, 2), padNumber(t.day, 2)]
  const [hour, minute, second] = [padNumber(t.hour, 2), padNumber(t.minute, 2), padNumber(t.second, 2)]
  const values = new Map([
    ['Y', year],
    ['m', month],
    ['d', day],
    ['e', String(t.day).padStart(2)],
    ['H', hour],
    ['M', minute],
    ['S', second],
    ['N', `${padNumber(t.millisecond, 3)}000000`],
    ['y', padNumber(t.year % 100, 2)],
    ['a', dayName.slice(0, 3)],
    ['A', dayName],
    ['b', monthName.slice(0, 3)],
    ['h', monthName.slice(0, 3)],
    ['B', monthName],
    ['s', String(Math.floor(at / 1000))],
    ['F', `${year}-${month}-${day}`],
    ['T', `${hour}:${minute}:${second}`],
    ['R', `${hour}:${minute}`],
    ['z', '+0000'],
    ['Z', 'UTC'],
    ['n', '\n'],
    ['t', '\t'],
    ['%', '%'],
  ])
  return format.replace(/%([a-zA-Z%])/g, (code, letter: string) => values.get(letter) ?? code)
}

/** Numbers that one seq may print. */
const maxNumbers = 1_000_000

/** Numbers from first to last. */
export const seq: ShellCommand = (context) => {
  const { flags, operands, error } = options(
    context.args.map((arg) => (/^-\d/.test(arg) ? `\0${arg}` : arg)),
    'ws:',
    { separator: 's' },
  )
  if (error !== undefined) return usage(context, error)
  const texts = operands.map((text) => text.replace('\0', ''))
  const bad = texts.find((text) => !/^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text))
  if (bad !== undefined) return usage(context, `invalid floating point argument: ${curly(bad)}`)
  if (texts.length === 0) return usage(context, 'missing operand')
  const numbers = texts.map(Number)
  const [first, step, last] =
    numbers.length === 1
      ? [1, 1, numbers[0] ?? 0]
      : numbers.length === 2
        ? [numbers[0] ?? 1, 1, numbers[1] ?? 0]
        : [numbers[0] ?? 1, numbers[1] ?? 1, numbers[2] ?? 0]
  if (step === 0) return usage(context, "invalid Zero increment value: '0'")
  const places = Math.max(...texts.map((text) => text.split('.')[1]?.length ?? 0))
  const amount = Math.floor((last - first) / step + 1e-9) + 1
  if (amount > maxNumbers) return complain(context, 'podsim prints no more than 1000000 numbers')
  const shown = Array.from({ length: Math.max(amount, 0) }, (_, i) => (first + i * step).toFixed(places))
  const width = flags.has('w') ? Math.max(...shown.map((text) => text.length), 0) : 0
  const separator = flags.get('s') ?? '\n'
  if (shown.length > 0) context.out(`${shown.map((text) => text.padStart(width, '0')).join(separator)}\n`)
  return 0
}

/** Lets virtual time pass. */
export const sleep: ShellCommand = (context) => {
  if (context.args.length === 0) return usage(context, 'missing operand')
  const seconds = context.args.map(secondsOf)
  const bad = seconds.findIndex(Number.isNaN)
  if (bad >= 0) return usage(context, `invalid time interval ${curly(context.args[bad] ?? '')}`)
  context.state.host.sleep(Math.round(seconds.reduce((sum, one) => sum + one, 0) * 1000))
  return 0
}

/** Runs a command; only kubectl can take long enough to be ended. */
export const timeout: ShellCommand = (context) => {
  const { operands, error } = options(context.args.slice(0, 1), 'k:s:', {})
  const [limit] = operands
  const [name, ...args] = context.args.slice(1)
  if (error !== undefined || limit === undefined || name === undefined) return usage(context, 'missing operand', 125)
  const seconds = secondsOf(limit)
  if (Number.isNaN(seconds)) return usage(context, `invalid time interval ${curly(limit)}`, 125)
  return name === 'kubectl' ? context.limitKubectl(args, Math.round(seconds * 1000)) : context.call(name, args)
}

/** Commands built from the words of standard input. */
export const xargs: ShellCommand = (context) => {
  const own: string[] = []
  let rest = [...context.args]
  while (/^-/.test(rest[0] ?? '')) {
    const [flag = '', value] = rest
    const takesNext = /^-[InLPd]$/.test(flag)
    own.push(...(takesNext ? [flag, value ?? ''] : [flag]))
    rest = rest.slice(takesNext ? 2 : 1)
  }
  const { flags, error } = options(own, 'rt0I:n:L:P:d:', { 'no-run-if-empty': 'r', null: '0' })
  if (error !== undefined) return usage(context, error)
  const [name = 'echo', ...args] = rest
  const place = flags.get('I')
  const stdin = context.readStdin()
  const items =
    place !== undefined || flags.has('d') || flags.has('0')
      ? stdin.split(flags.has('0') ? '\0' : '\n').filter((item) => item !== '')
      : (stdin.match(/(?:"[^"\n]*"|'[^'\n]*'|\\[\s\S]|[^\s"'\\])+/g) ?? []).map((item) =>
          item.replace(/"([^"]*)"|'([^']*)'|\\([\s\S])/g, '$1$2$3'),
        )
  if (items.length === 0 && (flags.has('r') || place !== undefined)) return 0
  const size = place !== undefined ? 1 : Number(flags.get('n') ?? flags.get('L') ?? items.length) || 1
  let status = 0
  for (let i = 0; i === 0 || i < items.length; i += size) {
    const batch = items.slice(i, i + size)
    const argv = place === undefined ? [...args, ...batch] : args.map((arg) => arg.replaceAll(place, batch[0] ?? ''))
    const code = context.call(name, argv, '')
    if (code === 127) return 127
    if (code !== 0) status = 123
  }
  return status
}

/** env and printenv. */
export const env: ShellCommand = (context) => {
  const { state } = context
  if (context.name === 'printenv' && context.args.length > 0) {
    const missing = context.args.filter((name) => !state.exported.has(name))
    for (const name of context.args) if (state.exported.has(name)) context.out(`${state.get(name)}\n`)
    return missing.length > 0 ? 1 : 0
  }
  const split = context.args.findIndex((arg) => !/^[A-Za-z_]\w*=/.test(arg))
  const assignments = split < 0 ? context.args : context.args.slice(0, split)
  const [name, ...args] = split < 0 ? [] : context.args.slice(split)
  const before = new Map(state.variables)
  const exportedBefore = new Set(state.exported)
  for (const assignment of assignments) {
    const at = assignment.indexOf('=')
    state.setVariable(assignment.slice(0, at), assignment.slice(at + 1))
    state.exported.add(assignment.slice(0, at))
  }
  let status = 0
  if (name !== undefined) status = context.call(name, args)
  else for (const [variable, value] of state.environment()) context.out(`${variable}=${toByteText(value)}\n`)
  for (const assignment of assignments) {
    const variable = assignment.slice(0, assignment.indexOf('='))
    const value = before.get(variable)
    if (value === undefined) state.variables.delete(variable)
    else state.variables.set(variable, value)
    if (!exportedBefore.has(variable)) state.exported.delete(variable)
  }
  return status
}

/** The last part of a path. */
export const basename: ShellCommand = (context) => {
  const [path, suffix = ''] = context.args
  if (path === undefined) return usage(context, 'missing operand')
  const name = path === '' ? '' : baseName(path)
  context.out(`${suffix !== '' && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`)
  return 0
}

/** All but the last part of paths. */
export const dirname: ShellCommand = (context) => {
  if (context.args.length === 0) return usage(context, 'missing operand')
  for (const path of context.args) {
    const trimmed = path.replace(/\/+$/, '')
    const slash = trimmed.lastIndexOf('/')
    const above = trimmed.slice(0, slash).replace(/\/+$/, '')
    context.out(`${slash < 0 ? (trimmed === '' && path !== '' ? '/' : '.') : above === '' ? '/' : above}\n`)
  }
  return 0
}

/** Real programs that podsim lacks: said so, rather than "command not found". */
export const refused: ShellCommand = (context) => {
  context.err(`podsim does not simulate ${context.name}: its files belong into the scenario\n`)
  return 1
}

/** `bash -c SCRIPT` and `sh -c SCRIPT`. */
export const nestedShell: ShellCommand = (context) => {
  const at = context.args.indexOf('-c')
  const script = at < 0 ? undefined : context.args[at + 1]
  if (script !== undefined) return context.call('eval', [script])
  const [file] = context.args.filter((arg) => !arg.startsWith('-'))
  if (file !== undefined) return context.call('source', [file])
  return context.call('eval', [context.readStdin()])
}
