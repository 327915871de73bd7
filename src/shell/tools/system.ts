/** Tools that tell of the machine: env, id, date, ps, mount, df and the like. Sources: GNU coreutils; busybox 1.31. */
import { errorText } from '../../fs/error-text.ts'
import type { Steps } from '../../kernel/steps.ts'
import { fromByteText } from '../byte-text.ts'
import { signalNumber } from '../engine/process-table.ts'
import { idIn } from './change-files.ts'
import { groupName, strftime, userName } from './format.ts'
import { instantByForm, instantOfText } from './instants.ts'
import { offsetText, utc, type ZoneTime, zoneTime } from './posix-zone.ts'
import { complain, type Options, options, quoted, say, type Tool, type ToolContext, usage } from './tool.ts'

export const env: Tool = function* env(context): Steps<number> {
  const args = [...context.args]
  const variables = context.shell.environment()
  let end = '\n'
  for (; args.length > 0; args.shift()) {
    const arg = args[0] ?? ''
    if (arg === '-i' || arg === '-' || arg === '--ignore-environment') variables.clear()
    else if (arg === '-0' || arg === '--null') end = '\0'
    else if (arg === '-u' || arg === '--unset') variables.delete(args.splice(1, 1)[0] ?? '')
    else if (/^[^-=][^=]*=/.test(arg)) variables.set(arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1))
    else if (arg === '--') continue
    else if (arg.startsWith('-')) return usage(context, `invalid option -- '${arg.slice(1, 2)}'`, say(context, 125, 1))
    else break
  }
  if (args.length > 0) return yield* context.run(args, { environment: variables })
  for (const [name, value] of variables) context.out(`${name}=${value}${end}`)
  return 0
}

export const printenv: Tool = (context) => {
  const environment = context.shell.environment()
  if (context.args.length === 0) for (const [name, value] of environment) context.out(`${name}=${value}\n`)
  let code = 0
  for (const name of context.args) {
    const value = environment.get(name)
    if (value === undefined) code = 1
    else context.out(`${value}\n`)
  }
  return code
}

export const id: Tool = (context) => {
  const { uid, gid, groups } = context.shell.world.user
  const given = options(context, 'ugnGr', { user: 'u', group: 'g', groups: 'G', name: 'n', real: 'r' })
  if (typeof given === 'number') return given
  const isGnu = context.voice === 'gnu'
  const all = [gid, ...supplementary(context, uid, gid, groups)]
  const named = given.has('n')
  if (given.has('u')) context.out(`${named ? userName(uid) : uid}\n`)
  else if (given.has('g')) context.out(`${named ? groupName(gid) : gid}\n`)
  else if (given.has('G')) context.out(`${all.map((each) => (named ? groupName(each) : each)).join(' ')}\n`)
  else {
    const show = (number: number, name: string): string => (name === String(number) ? name : `${number}(${name})`)
    const more = (isGnu ? all : all.slice(1)).map((each) => show(each, groupName(each)))
    context.out(
      `uid=${show(uid, userName(uid))} gid=${show(gid, groupName(gid))}${more.length > 0 ? ` groups=${more.join(',')}` : ''}\n`,
    )
  }
  return 0
}

/** The image's /etc/group has root in wheel. */
function supplementary(context: ToolContext, uid: number, gid: number, groups: readonly number[]): readonly number[] {
  return [...(uid === 0 && context.voice === 'busybox' ? [10] : []), ...groups].filter((each) => each !== gid)
}

/** Names of a user's groups. Sources: coreutils groups.c; busybox coreutils/id.c. */
export const groups: Tool = (context) => {
  const given = options(context, '')
  if (typeof given === 'number') return given
  const { uid, gid, groups: more } = context.shell.world.user
  const names = [gid, ...supplementary(context, uid, gid, more)].map(groupName).join(' ')
  if (given.operands.length === 0) context.out(`${names}\n`)
  let code = 0
  for (const name of given.operands) {
    const id = idIn(context, '/etc/passwd', name)
    if (id === undefined || /^\d+$/.test(name))
      code = complain(context, say(context, `${quoted(context, name)}: no such user`, `unknown user ${name}`))
    else {
      const own = id === uid ? names : groupName(id)
      context.out(`${say(context, `${name} : `, '')}${own}\n`)
    }
    if (code !== 0 && context.voice === 'busybox') break
  }
  return code
}

/** The machine, as `uname -m` tells it. */
export const arch: Tool = (context) => {
  if (context.args.length > 0 && context.voice === 'gnu')
    return usage(context, `extra operand ${quoted(context, context.args[0] ?? '')}`)
  context.out(`${kernelFields.m}\n`)
  return 0
}

/** No descriptor 0 of a program here is a terminal. */
export const tty: Tool = (context) => {
  const given = options(context, 's', { silent: 's', quiet: 's' }, { badCode: 2 })
  if (typeof given === 'number') return given
  const [extra] = given.operands
  if (extra !== undefined && context.voice === 'gnu')
    return usage(context, `extra operand ${quoted(context, extra)}`, 2)
  if (extra !== undefined) complain(context, 'ignoring all arguments')
  if (!given.has('s')) context.out('not a tty\n')
  return 1
}

export const whoami: Tool = (context) => {
  const { uid } = context.shell.world.user
  const name = userName(uid)
  if (name === String(uid))
    return complain(context, say(context, `cannot find name for user ID ${uid}`, `unknown uid ${uid}`))
  context.out(`${name}\n`)
  return 0
}

export const hostname: Tool = (context) => {
  context.out(`${context.shell.world.hostname}\n`)
  return 0
}

/** What `uname` tells of every simulated machine. */
const kernelFields = { s: 'Linux', r: '5.4.0', v: '#1 SMP', m: 'x86_64', o: 'GNU/Linux' } as const

export const uname: Tool = (context) => {
  const given = options(context, 'amnrspvio', {
    all: 'a',
    machine: 'm',
    nodename: 'n',
    'kernel-release': 'r',
    'kernel-name': 's',
  })
  if (typeof given === 'number') return given
  const { hostname: node } = context.shell.world
  const fields = [
    ['s', kernelFields.s],
    ['n', node],
    ['r', kernelFields.r],
    ['v', kernelFields.v],
    ['m', kernelFields.m],
    ['o', kernelFields.o],
  ] as const
  const wanted = fields.filter(([letter]) => given.has('a') || given.has(letter))
  context.out(`${(wanted.length === 0 ? fields.slice(0, 1) : wanted).map(([, text]) => text).join(' ')}\n`)
  return 0
}

export const date: Tool = (context) => {
  const given = options(context, say(context, 'uRI::d:r:', 'uRI::d:r:D:'), {
    utc: 'u',
    universal: 'u',
    date: 'd',
    reference: 'r',
    'rfc-email': 'R',
    'rfc-2822': 'R',
    'iso-8601': 'I',
  })
  if (typeof given === 'number') return given
  const zone = (at: number): ZoneTime =>
    given.has('u') ? utc : zoneTime(fromByteText(context.shell.environment().get('TZ') ?? ''), at)
  const at = instantOf(context, given, zone)
  if (typeof at === 'string') return complain(context, at)
  const format = given.operands.find((operand) => operand.startsWith('+'))?.slice(1)
  const other = given.operands.find((operand) => !operand.startsWith('+'))
  if (other !== undefined)
    return complain(context, say(context, `invalid date ${quoted(context, other)}`, `invalid date '${other}'`))
  const standard = given.has('R')
    ? '%a, %d %b %Y %H:%M:%S %z'
    : given.has('I')
      ? isoFormat(given.value('I') ?? '', offsetText(zone(at), ':'))
      : '%a %b %e %H:%M:%S %Z %Y'
  context.out(`${strftime(format ?? standard, at, context.voice === 'gnu', zone(at))}\n`)
  return 0
}

function isoFormat(precision: string, offset: string): string {
  if (precision.startsWith('s')) return `%Y-%m-%dT%H:%M:%S${offset}`
  if (precision.startsWith('m')) return `%Y-%m-%dT%H:%M${offset}`
  return precision.startsWith('h') ? `%Y-%m-%dT%H${offset}` : '%Y-%m-%d'
}

/** Which instant is meant; a text: what is wrong with it. */
function instantOf(context: ToolContext, given: Options, zone: (at: number) => ZoneTime): number | string {
  const file = given.value('r')
  if (file !== undefined) {
    const stat = context.files.stat(context.shell.path(file))
    return stat.ok
      ? stat.value.mtimeMs
      : say(context, `${file}: ${errorText(stat.code)}`, `can't stat '${file}': ${errorText(stat.code)}`)
  }
  const said = given.value('d')
  if (said === undefined) return context.shell.world.epochNow()
  const form = given.value('D')
  const parsed = form === undefined ? instantOfText(context, said, zone) : instantByForm(said, form)
  return parsed ?? `invalid date ${quoted(context, said)}`
}

export const ps: Tool = (context) => {
  const { world } = context.shell
  const user = userName(world.user.uid)
  const rows = world.processes.rows()
  if (context.voice === 'gnu') {
    context.out('    PID TTY          TIME CMD\n')
    for (const row of rows)
      context.out(
        `${String(row.pid).padStart(7)} ?        00:00:00 ${row.command.split(' ')[0]?.split('/').at(-1) ?? ''}\n`,
      )
  } else {
    context.out('PID   USER     TIME  COMMAND\n')
    for (const row of rows)
      context.out(`${String(row.pid).padStart(5)} ${user.slice(0, 8).padEnd(8)}  0:00 ${row.command}\n`)
  }
  return 0
}

export const mount: Tool = (context) => {
  if (context.args.length > 0)
    return complain(context, say(context, 'only root can do that', 'permission denied (are you root?)'))
  for (const { source, path, type, readOnly, sizeBytes } of context.files.mounts()) {
    const size = sizeBytes === undefined ? '' : `,size=${Math.ceil(sizeBytes / 1024)}k`
    context.out(`${source} on ${path} type ${type} (${readOnly ? 'ro' : 'rw'},relatime${size})\n`)
  }
  return 0
}

/** The tool; shells have a builtin of their own. */
export const kill: Tool = (context) => {
  const args = [...context.args]
  let number = 15
  if (/^-./.test(args[0] ?? '')) {
    const flag = args.shift()?.slice(1) ?? ''
    const name = flag === 's' ? (args.shift() ?? '') : flag
    const found = signalNumber(name)
    if (found === undefined)
      return complain(context, say(context, `${name}: invalid signal`, `bad signal name '${name}'`))
    number = found
  }
  let code = 0
  for (const pid of args)
    if (!context.shell.world.processes.signal(Number(pid), number))
      code = complain(context, say(context, `(${pid}) - No such process`, `can't kill pid ${pid}: No such process`))
  return code
}

/** A program that images have and podsim does not: it refuses itself by name. */
export const refused: Tool = (context) => {
  context.err(
    `${context.voice === 'gnu' ? 'podsim does not simulate ' : `${context.shell.name}: podsim does not simulate `}${context.name}${context.voice === 'gnu' ? ': its files belong into the scenario' : ''}\n`,
  )
  return context.voice === 'gnu' ? 1 : 126
}
