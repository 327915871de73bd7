import { bytesToByteText } from '../byte-text.ts'
import { complain, type ShellCommand } from './command.ts'

/** Flags of etcdctl that take a value: where etcd is and how to reach it, which makes no difference here. */
const withValue = new Set([
  '--endpoints',
  '--cacert',
  '--cert',
  '--key',
  '--command-timeout',
  '--dial-timeout',
  '--user',
])

/** `etcdctl get KEY`: the key and the bytes that lie under it, as etcdctl 3.4 prints them. Source: etcd etcdctl/ctlv3/command. */
export const etcdctl: ShellCommand = (context) => {
  const operands: string[] = []
  let isValueOnly = false
  for (let at = 0; at < context.args.length; at++) {
    const arg = context.args[at] ?? ''
    if (arg === '--print-value-only') isValueOnly = true
    else if (withValue.has(arg)) at++
    else if (!arg.startsWith('-')) operands.push(arg)
    else if (!withValue.has(arg.split('=')[0] ?? '')) return complain(context, `unknown flag: ${arg}`, 128)
  }
  const [verb, key, ...rest] = operands
  if (verb !== 'get') return complain(context, `unknown command ${JSON.stringify(verb ?? '')}: only get is here`, 128)
  if (key === undefined || rest.length > 0) {
    context.err('Error: bad number of arguments\n')
    return 128
  }
  const value = context.state.host.etcd?.(key)
  if (value === undefined) return 0
  context.out(`${isValueOnly ? '' : `${key}\n`}${bytesToByteText(value)}\n`)
  return 0
}
