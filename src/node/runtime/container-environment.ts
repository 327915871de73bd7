import { utf8Bytes } from '../../bytes/bytes.ts'
import { type ByteText, toByteText } from '../../shell/byte-text.ts'
import type { ContainerEntry } from './container.ts'

/** Source: Linux include/uapi/linux/binfmts.h, MAX_ARG_STRLEN: 32 pages, the NUL at the end counted. */
const stringMaxBytes = 32 * 4096
/** Source: Linux fs/exec.c, bprm_stack_limits: a quarter of the stack's usual 8 MiB, for all together. */
const allMaxBytes = 2 * 2 ** 20

type Variables = readonly { readonly name: string; readonly value: string }[]

/** The first variable that no environment can hold. */
export function variableWithNul(env: Variables): Variables[number] | undefined {
  return env.find(({ value }) => value.includes('\0'))
}

/** Whether execve refuses the environment with E2BIG. */
export function isTooLong(env: Variables): boolean {
  let all = 0
  for (const { name, value } of env) {
    const bytes = name.length + 2 + (value.length > stringMaxBytes / 4 ? utf8Bytes(value).length : value.length)
    if (bytes > stringMaxBytes) return true
    all += bytes
  }
  return all > allMaxBytes
}

/** An environment as processes have it: bytes. */
export function bytesOf(env: ReadonlyMap<string, string>): ReadonlyMap<string, ByteText> {
  return new Map([...env].map(([name, value]) => [name, toByteText(value)]))
}

/** What a process finds: the image's variables, the Pod's over them, and what the runtime adds. */
export function environmentOf({ image, config, hostname }: ContainerEntry): ReadonlyMap<string, string> {
  const env = new Map<string, string>()
  for (const { name, value } of image.env) env.set(name, value)
  env.set('HOSTNAME', hostname)
  for (const { name, value } of config.env) env.set(name, value)
  if (!env.has('HOME')) env.set('HOME', image.user === 0 && config.runAsUser <= 0 ? '/root' : '/')
  return env
}
