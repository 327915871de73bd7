import { usualMessagePath } from '../../api/pod-defaults.ts'
import { utf8Bytes, utf8Text } from '../../bytes/bytes.ts'
import type { OwnFile } from '../../fs/node-fs.ts'
import type { HostsConfig, LiveContainer, PodSandbox } from './cri.ts'
import type { LogBuffer } from './log-buffer.ts'

/** Files that kubelet and runtime have for each container: who it is, and where it leaves a last word. */

/** Source: pkg/kubelet/container/runtime.go, MaxContainerTerminationMessageLength, MaxContainerTerminationMessageLogLength and -Lines. */
const longestMessage = 4096
const longestLog = 2048
const mostLogLines = 80

/** A container, as far as its own files go. */
interface Owner extends LiveContainer {
  readonly sandbox: PodSandbox
  readonly hostname: string
  readonly log: LogBuffer
  /** Nothing was ever written to its log. */
  readonly isSilent: boolean
}

const root = { uid: 0, gid: 0, groups: [] } as const
const nothing = new Uint8Array()

/**
 * Only who looks sees them, so that they are made then. Sources: pkg/kubelet/kubelet_pods.go, makeHostsMount;
 * kuberuntime_container.go, makeMounts (the log's mode); of /etc/hostname the runtimes.
 */
export function ownFilesOf({ config, sandbox, hostname, id }: Owner): readonly OwnFile[] {
  const podDirectory = `/var/lib/kubelet/pods/${config.podUid}`
  return [
    { containerPath: '/etc/hostname', content: utf8Bytes(`${hostname}\n`), mode: 0o644 },
    {
      containerPath: '/etc/hosts',
      content: utf8Bytes(hostsText(hostname, sandbox.ip, config.hosts)),
      mode: 0o644,
      hostPath: `${podDirectory}/etc-hosts`,
    },
    {
      containerPath: config.terminationMessagePath ?? usualMessagePath,
      content: nothing,
      mode: 0o666,
      hostPath: lastWordPath(config.podUid, config.name, id),
    },
  ]
}

/** Where a container's last word lies on its node. Source: kuberuntime_container.go, makeMounts, whose name is drawn. */
export function lastWordPath(podUid: string, container: string, id: string): string {
  return `/var/lib/kubelet/pods/${podUid}/containers/${container}/${id.slice(0, 8)}`
}

/** Source: pkg/kubelet/kubelet_pods.go, managedHostsFileContent, nodeHostsFileContent; a node's own file has one line here. */
function hostsText(hostname: string, ip: string, hosts: HostsConfig | undefined): string {
  const { isHostNetwork = false, name = hostname, domain = '', aliases = [] } = hosts ?? {}
  const own = domain === '' ? name : `${name}.${domain}\t${name}`
  const lines = isHostNetwork
    ? ['# Kubernetes-managed hosts file (host network).', '127.0.0.1\tlocalhost']
    : [
        '# Kubernetes-managed hosts file.',
        '127.0.0.1\tlocalhost',
        '::1\tlocalhost ip6-localhost ip6-loopback',
        'fe00::0\tip6-localnet',
        'fe00::0\tip6-mcastprefix',
        'fe00::1\tip6-allnodes',
        'fe00::2\tip6-allrouters',
        `${ip}\t${own}`,
      ]
  const added = aliases.map(({ ip: address = '', hostnames = [] }) => `${address}\t${hostnames.join('\t')}`)
  const more = added.length === 0 ? [] : ['', '# Entries added by HostAliases.', ...added]
  return [...lines, ...more].map((line) => `${line}\n`).join('')
}

/**
 * What a container that has ended leaves to be read in its status; empty: nothing. Sources: kuberuntime_container.go, getTerminationMessage,
 * readLastStringFromContainerLogs; pkg/util/tail, ReadAtMost.
 */
export function lastWordOf(owner: Owner, exitCode: number): string {
  const { files, config } = owner
  const path = config.terminationMessagePath ?? usualMessagePath
  const left = files.isUntouched ? undefined : files.as(root).readFile(path)
  const word = left?.ok === true ? lastBytes(left.value, longestMessage) : ''
  if (word !== '' || config.fallsBackToLogs !== true || exitCode === 0 || owner.isSilent) return word
  const lines = owner.log.lines().slice(-mostLogLines)
  return lastBytes(utf8Bytes(lines.map(({ line }) => `${line}\n`).join('')), longestLog)
}

function lastBytes(bytes: Uint8Array, most: number): string {
  return utf8Text(bytes.subarray(Math.max(0, bytes.length - most)))
}
