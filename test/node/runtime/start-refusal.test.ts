import { describe, expect, test } from 'vitest'
import { createNodeFs } from '../../../src/fs/memory-fs.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { makePodDirectories } from '../../../src/node/kubelet/pods/pod-directories.ts'
import { mayNotRun } from '../../../src/node/runtime/start-refusal.ts'

const hostPath = '/var/lib/kubelet/pods/uid-1/volumes/kubernetes.io~empty-dir/scripts'

/** A container with a volume at /scripts, in which run.sh lies, that nobody may run. */
function starting(imageFiles: Readonly<Record<string, Uint8Array>>) {
  const fs = createNodeFs({ kernel: createKernel(), memoryBytes: 1 << 20 })
  makePodDirectories(fs, 'uid-1')
  const later = {
    carryOut: () => void [fs.mkdirAll(hostPath, 0o777), fs.writeFile(`${hostPath}/run.sh`, new Uint8Array(9))],
  }
  const podDirectory = '/var/lib/kubelet/pods/uid-1'
  fs.growLater(podDirectory, { directories: [], inodes: 4, bytes: 0 }, later)
  const mounts = [{ hostPath, containerPath: '/scripts/', readOnly: false }]
  const files = fs.containerView({ rootFiles: imageFiles, mounts, readOnlyRoot: false })
  return {
    isUnread: () => fs.isUnread(podDirectory),
    refusal: (command: string) =>
      mayNotRun({ files, image: { files: imageFiles }, config: { mounts } }, command, 'docker'),
  }
}

describe('whether a file may be run', () => {
  test.each(['/docker-entrypoint.sh', '/bin/sh', '/scriptsof/run.sh', './run.sh', 'sh'])(
    'S2 of %s nobody has to look, so the volumes of the Pod stay unread',
    (command) => {
      const at = starting({})
      expect(at.refusal(command)).toBeUndefined()
      expect(at.isUnread()).toBe(true)
    },
  )

  test.each(['/scripts/run.sh', '//scripts/./run.sh', '/tmp/../scripts/run.sh'])('%s is looked at', (command) => {
    const at = starting({})
    expect(at.refusal(command)).toBe('permission denied')
    expect(at.isUnread()).toBe(false)
  })

  test('a file of the image is looked at', () => {
    expect(starting({ '/etc/start.sh': new Uint8Array(3) }).refusal('/etc/start.sh')).toBe('permission denied')
    expect(starting({ '/usr/bin/start.sh': new Uint8Array(3) }).refusal('/usr/bin/start.sh')).toBeUndefined()
  })
})
