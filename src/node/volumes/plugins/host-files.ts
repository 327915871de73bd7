import type { NodeFs } from '../../../fs/node-fs.ts'
import { volumeFactsOf } from './facts.ts'

/**
 * What every node has on its disk. It is laid down when somebody looks for it, so that nodes cost nothing before.
 * Sources: Filesystem Hierarchy Standard 3.0; pkg/kubelet/config/defaults.go and pkg/kubelet/pluginmanager (directories of
 * the kubelet); CNI's defaults; cmd/kubeadm/app/constants (/etc/kubernetes).
 */
const directories: ReadonlySet<string> = new Set([
  ...[
    '/bin',
    '/boot',
    '/dev',
    '/dev/shm',
    '/etc',
    '/home',
    '/lib',
    '/lib/modules',
    '/mnt',
    '/opt',
    '/proc',
    '/root',
    '/run',
  ],
  ...[
    '/sbin',
    '/srv',
    '/sys',
    '/sys/fs/bpf',
    '/sys/fs/cgroup',
    '/sys/kernel/debug',
    '/tmp',
    '/usr',
    '/usr/bin',
    '/usr/lib',
  ],
  ...['/usr/local', '/usr/sbin', '/usr/share', '/usr/src', '/var', '/var/lib', '/var/log', '/var/run', '/var/tmp'],
  ...['/etc/cni/net.d', '/opt/cni/bin', '/etc/kubernetes', '/etc/kubernetes/manifests', '/etc/ssl/certs'],
  ...['/run/systemd', '/var/log/journal', '/run/log/journal', '/run/udev', '/var/lib/kubelet', '/var/lib/kubelet/pods'],
  ...['/var/lib/kubelet/plugins', '/var/lib/kubelet/plugins_registry', '/var/lib/kubelet/device-plugins'],
  ...['/var/log/containers', '/var/log/pods'],
])

const files: ReadonlySet<string> = new Set([
  ...['/etc/group', '/etc/hostname', '/etc/hosts', '/etc/localtime', '/etc/machine-id', '/etc/os-release'],
  ...['/etc/passwd', '/etc/resolv.conf'],
])

const sockets: ReadonlySet<string> = new Set([
  '/dev/log',
  '/run/dbus/system_bus_socket',
  '/run/systemd/journal/socket',
  '/var/lib/kubelet/device-plugins/kubelet.sock',
])

const devices: ReadonlySet<string> = new Set([
  ...['/dev/console', '/dev/fuse', '/dev/kmsg', '/dev/net/tun', '/dev/null', '/dev/random', '/dev/tty', '/dev/urandom'],
  '/dev/zero',
])

/** The container runtime's own: docker's up to v1.23, containerd's since (podsim's choice, as for the texts of pulls). */
const ofDocker = {
  directories: ['/var/lib/docker', '/var/lib/docker/containers'],
  sockets: ['/run/docker.sock', '/run/dockershim.sock'],
}
const ofContainerd = {
  directories: ['/etc/containerd', '/run/containerd', '/var/lib/containerd'],
  sockets: ['/run/containerd/containerd.sock'],
}

export type HostFileKind = 'directory' | 'file' | 'socket' | 'character device' | 'block device'

/** Whether every node has such a file there; a directory or plain file is laid down if it is not there yet. */
export function isOnEveryNode(fs: NodeFs, path: string, kind: HostFileKind, minor: number): boolean {
  // /var/run is a link to /run.
  const plain = path.replace(/\/+$/, '').replace(/^\/var\/run(?=\/)/, '/run')
  const runtime = volumeFactsOf(minor).hasContainerd ? ofContainerd : ofDocker
  switch (kind) {
    case 'directory':
      return (directories.has(plain) || runtime.directories.includes(plain)) && fs.mkdirAll(path, 0o755).ok
    case 'file':
      return files.has(plain) && fs.mkdirAll('/etc', 0o755).ok && fs.writeFile(path, new Uint8Array(0), 0o644).ok
    case 'socket':
      return sockets.has(plain) || runtime.sockets.includes(plain)
    case 'character device':
      return devices.has(plain)
    case 'block device':
      return false
  }
}
