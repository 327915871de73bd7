import type { Steps } from '../../kernel/steps.ts'
import { resolve } from '../net/resolve.ts'
import { networkOf } from './network.ts'
import { notSimulated, type ToolContext } from './tool.ts'

/** Looks hosts up as programs do; other databases are not simulated. Source: glibc nss/getent.c, print_hosts. */
export function* getent(context: ToolContext): Steps<number> {
  const network = networkOf(context)
  const [database = '', ...hosts] = context.args
  if (network === undefined || !/^a?hosts(?:v4)?$/.test(database)) return notSimulated(context, `getent ${database}`)
  let code = 0
  for (const host of hosts) {
    const found = yield* resolve(network, host)
    network.tell({ host }, { kind: found.kind === 'found' ? 'reached' : 'unnamed' })
    if (found.kind !== 'found') code = 2
    else for (const ip of found.addresses) context.out(`${ip.padEnd(15)} ${found.name}\n`)
  }
  return code
}
