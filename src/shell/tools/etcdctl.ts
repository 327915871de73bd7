import type { Steps } from '../../kernel/steps.ts'
import { bytesToByteText } from '../byte-text.ts'
import type { WorldProgram } from '../engine/shell.ts'

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

/** Reads what lies under a key; undefined: nothing. */
export type EtcdRead = (key: string) => Uint8Array | undefined

/** `etcdctl get KEY`: the key and the bytes that lie under it, as etcdctl 3.4 prints them. Source: etcd etcdctl/ctlv3/command. */
export function etcdctl(read: EtcdRead): WorldProgram {
  return function* etcdctl({ args, out, err }): Steps<number> {
    const complain = (message: string): number => {
      err(`${message}\n`)
      return 128
    }
    const operands: string[] = []
    let isValueOnly = false
    for (let at = 0; at < args.length; at++) {
      const arg = args[at] ?? ''
      if (arg === '--print-value-only') isValueOnly = true
      else if (withValue.has(arg)) at++
      else if (!arg.startsWith('-')) operands.push(arg)
      else if (!withValue.has(arg.split('=')[0] ?? '')) return complain(`etcdctl: unknown flag: ${arg}`)
    }
    const [verb, key, ...rest] = operands
    if (verb !== 'get') return complain(`etcdctl: unknown command ${JSON.stringify(verb ?? '')}: only get is here`)
    if (key === undefined || rest.length > 0) return complain('Error: bad number of arguments')
    const value = read(key)
    if (value !== undefined) out(`${isValueOnly ? '' : `${key}\n`}${bytesToByteText(value)}\n`)
    return 0
  }
}
