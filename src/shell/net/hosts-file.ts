import { utf8Text } from '../../bytes/bytes.ts'
import type { FileView } from '../../fs/node-fs.ts'
import { isAddress } from './network.ts'

/** The IPv4 address that /etc/hosts has for a name, in any case of letters; undefined: none. Source: hosts(5). */
export function hostsAddress(files: FileView, name: string): string | undefined {
  const read = files.readFile('/etc/hosts')
  if (!read.ok) return undefined
  const wanted = name.toLowerCase()
  for (const line of utf8Text(read.value).split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (isAddress(address) && names.some((one) => one.toLowerCase() === wanted)) return address
  }
  return undefined
}
