import type { Wait } from '../program.ts'
import { invalidOption, parseOptions, type Tool, type ToolRun } from '../tool.ts'
import { echoText } from './echo.ts'
import { groupName, strftime, userName } from './format.ts'
import { formatPrintf } from './printf.ts'
import { evaluateTest } from './test.ts'

/** Tools that tell of the container. Texts: busybox 1.31 coreutils, procps, util-linux. */

export const env: Tool = (context) => {
  const args = [...context.args]
  const variables = new Map(context.env)
  while (args.length > 0) {
    const arg = args[0] ?? ''
    if (arg === '-i' || arg === '-') variables.clear()
    else if (arg === '-u') variables.delete(args.splice(1, 1)[0] ?? '')
    else if (/^[^-=][^=]*=/.test(arg)) variables.set(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1))
    else if (arg.startsWith('-') && arg !== '--') return invalidOption(context, arg.slice(1, 2))
    else if (arg !== '--') break
    args.shift()
  }
  if (args.length === 0) {
    for (const [name, value] of variables) context.out(`${name}=${value}\n`)
    return 0
  }
  return context.run(args)
}

export const printenv: Tool = (context) => {
  if (context.args.length === 0) {
    for (const [name, value] of context.env) context.out(`${name}=${value}\n`)
    return 0
  }
  let code = 0
  for (const name of context.args) {
    const value = context.env.get(name)
    if (value === undefined) code = 1
    else context.out(`${value}\n`)
  }
  return code
}

export const echo: Tool = (context) => {
  context.outBytes(echoText(context.args))
  return 0
}

export const printf: Tool = (context) => {
  const made = formatPrintf(context.args)
  context.outBytes(made.output)
  if (made.error === undefined) return 0
  context.err(`${made.error}\n`)
  return 1
}

export const test: Tool = (context) => {
  const isBracket = context.name === '['
  if (isBracket && context.args.at(-1) !== ']') {
    context.err('[: missing ]\n')
    return 2
  }
  const result = evaluateTest(isBracket ? context.args.slice(0, -1) : context.args, context)
  if (typeof result !== 'string') return result ? 0 : 1
  context.err(`${context.name}: ${result}\n`)
  return 2
}

const secondsIn: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 }

export const sleep: Tool = (context) => {
  let ms = 0
  for (const arg of context.args) {
    if (arg === 'infinity' || arg === 'inf') return wait({ kind: 'forever' })
    const match = /^(\d+(?:\.\d+)?|\.\d+)([smhd]?)$/.exec(arg)
    if (match === null) {
      context.err(`sleep: invalid number '${arg}'\n`)
      return 1
    }
    ms += Number(match[1]) * (secondsIn[match[2] ?? ''] ?? 1) * 1000
  }
  if (context.args.length === 0) {
    context.err('BusyBox v1.31.1 multi-call binary.\n\nUsage: sleep [N]...\n')
    return 1
  }
  // No wait at all: a loop around `sleep 0` must not stop virtual time.
  if (Math.round(ms) === 0) return 0
  return wait({ kind: 'sleep', ms: Math.round(ms), what: `sleep ${context.args.join(' ')}` })
}

function* wait(what: Wait): Generator<Wait, number, void> {
  yield what
  return 0
}

export const id: Tool = (context) => {
  const { uid, gid, groups } = context.task.user
  const options = parseOptions(context.args, 'ugnGr')
  if (typeof options === 'string') return invalidOption(context, options)
  const { flags } = options
  const all = [gid, ...supplementary(uid, gid, groups)]
  const named = flags.has('n')
  if (flags.has('u')) context.out(`${named ? userName(uid) : uid}\n`)
  else if (flags.has('g')) context.out(`${named ? groupName(gid) : gid}\n`)
  else if (flags.has('G')) context.out(`${all.map((each) => (named ? groupName(each) : each)).join(' ')}\n`)
  else {
    const show = (number: number, name: string) => (name === String(number) ? name : `${number}(${name})`)
    const more = all.slice(1).map((each) => show(each, groupName(each)))
    context.out(
      `uid=${show(uid, userName(uid))} gid=${show(gid, groupName(gid))}${more.length > 0 ? ` groups=${more.join(',')}` : ''}\n`,
    )
  }
  return 0
}

/** The image's /etc/group has root in wheel. */
function supplementary(uid: number, gid: number, groups: readonly number[]): readonly number[] {
  return [...(uid === 0 ? [10] : []), ...groups].filter((each) => each !== gid)
}

export const whoami: Tool = (context) => {
  const { uid } = context.task.user
  const name = userName(uid)
  if (name === String(uid)) {
    context.err(`whoami: unknown uid ${uid}\n`)
    return 1
  }
  context.out(`${name}\n`)
  return 0
}

export const hostname: Tool = (context) => {
  context.out(`${context.task.hostname}\n`)
  return 0
}

export const uname: Tool = (context) => {
  const isAll = context.args.includes('-a')
  const { hostname: node } = context.task
  context.out(
    isAll
      ? `Linux ${node} 5.4.0 #1 SMP x86_64 GNU/Linux\n`
      : context.args.includes('-n')
        ? `${node}\n`
        : context.args.includes('-m')
          ? 'x86_64\n'
          : 'Linux\n',
  )
  return 0
}

export const date: Tool = (context) => {
  const options = parseOptions(
    context.args.filter((arg) => !arg.startsWith('+')),
    'uR',
    'dIr',
  )
  if (typeof options === 'string') return invalidOption(context, options)
  const format = context.args.find((arg) => arg.startsWith('+'))?.slice(1)
  const said = options.values.get('d')
  const at =
    said === undefined ? context.task.epochNow() : /^@\d+$/.test(said) ? Number(said.slice(1)) * 1000 : undefined
  if (at === undefined) {
    context.err(`date: podsim does not read dates like '${said}', only @SECONDS\n`)
    return 126
  }
  const standard = options.flags.has('R') ? '%a, %d %b %Y %H:%M:%S +0000' : '%a %b %e %H:%M:%S UTC %Y'
  context.out(`${strftime(format ?? standard, at)}\n`)
  return 0
}

export const ps: Tool = (context) => {
  const { user } = context.task
  context.out('PID   USER     TIME  COMMAND\n')
  for (const { pid, command } of context.task.processes())
    context.out(`${String(pid).padStart(5)} ${userName(user.uid).slice(0, 8).padEnd(8)}  0:00 ${command}\n`)
  return 0
}

export const mount: Tool = (context) => {
  if (context.args.length > 0) {
    context.err('mount: permission denied (are you root?)\n')
    return 1
  }
  for (const { source, path, type, readOnly, sizeBytes } of context.files.mounts()) {
    const size = sizeBytes === undefined ? '' : `,size=${Math.ceil(sizeBytes / 1024)}k`
    context.out(`${source} on ${path} type ${type} (${readOnly ? 'ro' : 'rw'},relatime${size})\n`)
  }
  return 0
}

export const df: Tool = (context) => {
  const only = context.args
    .filter((arg) => !arg.startsWith('-'))
    .map((path) => context.files.realpath(path.startsWith('/') ? path : `${context.cwd}/${path}`))
  context.out('Filesystem           1K-blocks      Used Available Use% Mounted on\n')
  for (const { source, path, usedBytes, capacityBytes } of context.files.mounts()) {
    if (
      capacityBytes === undefined ||
      (only.length > 0 && !only.some((each) => each.ok && (each.value === path || each.value.startsWith(`${path}/`))))
    )
      continue
    const [all, used] = [capacityBytes, usedBytes].map((bytes) => Math.ceil(bytes / 1024)) as [number, number]
    const percent = all === 0 ? 0 : Math.ceil((used * 100) / all)
    context.out(
      `${source.padEnd(20)} ${String(all).padStart(9)} ${String(used).padStart(9)} ${String(all - used).padStart(9)} ${String(percent).padStart(3)}% ${path}\n`,
    )
  }
  return 0
}

export const kill: Tool = (context) => {
  const pids = context.args.filter((arg) => /^\d+$/.test(arg))
  const signal =
    context.args
      .find((arg) => arg.startsWith('-'))
      ?.slice(1)
      .replace(/^SIG/, '') ?? '15'
  const number = { KILL: 9, TERM: 15, HUP: 1, INT: 2 }[signal] ?? Number(signal)
  let code = 0
  for (const pid of pids)
    if (context.task.kill(Number(pid), number) !== 0) {
      context.err(`kill: can't kill pid ${pid}: No such task\n`)
      code = 1
    }
  return code
}

export const pwd: Tool = (context) => {
  context.out(`${context.cwd}\n`)
  return 0
}

/** Runs a command with words from standard input; the simple form, all words at once. */
export const xargs: Tool = (context): ToolRun => {
  const options = parseOptions(context.args.slice(0, commandStart(context.args)), '0rt', 'nI')
  if (typeof options === 'string') return invalidOption(context, options)
  if (options.values.size > 0) {
    context.err('xargs: podsim simulates xargs without -n and -I\n')
    return 126
  }
  const words = context
    .stdin()
    .split(options.flags.has('0') ? '\0' : /\s+/)
    .filter((word) => word !== '')
  if (words.length === 0 && options.flags.has('r')) return 0
  const command = context.args.slice(commandStart(context.args))
  return context.run([...(command.length === 0 ? ['echo'] : command), ...words])
}

function commandStart(args: readonly string[]): number {
  const at = args.findIndex((arg) => !arg.startsWith('-'))
  return at === -1 ? args.length : at
}
