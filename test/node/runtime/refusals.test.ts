import { describe, expect, test } from 'vitest'
import { createSim } from '../../../src/sim/create-sim.ts'
import type { SimOptions } from '../../../src/sim/options.ts'
import type { Sim } from '../../../src/sim/sim.ts'
import { messages, podIn, simMounting, simPod, simSecret, simTold, simWith, waiting } from '../facts/world.ts'

/** What a container is refused before its program runs. */

const fromSecret = { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'a' } } }] }
const secretOf = (bytes: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  data: { a: Buffer.from(bytes).toString('base64') },
})
const ran = (sim: Sim, time: string) => {
  sim.runFor(time)
  return sim
}

describe('E1 values that no environment can hold', () => {
  test.each([
    {
      version: 'v1.18',
      message:
        'failed to start container "app": Error response from daemon: OCI runtime create failed: container_linux.go:349: starting container process caused "process_linux.go:449: container init caused \\"setenv: invalid argument\\"": unknown',
    },
    {
      version: 'v1.36',
      message:
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: invalid environment variable "X": contains nul byte (\\x00)',
    },
    {
      version: 'v1.26',
      message:
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: environment variable value can\'t contain null(\\x00): "X=a\\x00b": unknown',
    },
  ] as const)('a NUL byte: $version does not start the container', ({ version, message }) => {
    const sim = ran(simWith({ version }, secretOf('a\0b'), simPod('p', fromSecret)), '5s')
    expect(messages(sim, 'Failed')).toContain(`Error: ${message}`)
    expect(['RunContainerError', 'CrashLoopBackOff']).toContain(waiting(podIn(sim))?.reason)
  })

  test.each([
    ['from all keys', { envFrom: [{ secretRef: { name: 's' } }] }, 'a=a'],
    ['from all keys, with a prefix', { envFrom: [{ prefix: 'P_', secretRef: { name: 's' } }] }, 'P_a=a'],
    ['by a reference', { env: [...fromSecret.env, { name: 'Y', value: 'of $(X)' }] }, 'X=a'],
  ])('a NUL byte %s: each restart fails, with a back-off between', (_how, container, named) => {
    const sim = ran(simWith({ version: 'v1.26' }, secretOf('a\0b'), simPod('p', container)), '45s')
    expect(messages(sim, 'Failed')[0]).toContain(`"${named}\\x00b"`)
    expect(podIn(sim)?.status?.containerStatuses?.[0]?.restartCount).toBe(3)
    expect(messages(sim, 'BackOff')[0]).toMatch(/^Back-off restarting failed container app in pod p_default\(/)
    const init = { initContainers: [{ ...container, name: 'init', image: 'busybox', command: ['true'] }] }
    const before = ran(simWith({ version: 'v1.26' }, secretOf('a\0b'), simPod('p', {}, init)), '3s')
    expect(before.kubectl('get pod p --no-headers').stdout).toMatch(/ Init:(?:RunContainerError|CrashLoopBackOff) /)
  })

  test.each([
    { bytes: 131_000, runs: true },
    { bytes: 131_072, runs: false },
  ])('a variable of $bytes bytes: the program runs: $runs', ({ bytes, runs }) => {
    const sim = ran(simWith({ version: 'v1.36' }, secretOf('x'.repeat(bytes)), simPod('p', fromSecret)), '5s')
    expect(podIn(sim)?.status?.containerStatuses?.[0]?.ready).toBe(runs)
    expect(sim.kubectl('logs p').stdout).toBe(runs ? '' : 'exec /bin/sleep: argument list too long\n')
  })
})

// kuberuntime_container.go, recordContainerEvent; moby daemon/start.go: what docker keeps has nothing of dockershim's words.
test('L3 a status names a container that did not start by its id, its event by its name', () => {
  const pod = simPod('p', { image: 'busybox', command: ['nope'] }, { restartPolicy: 'Never' })
  const sim = ran(simWith({ version: 'v1.18' }, pod), '5s')
  const cause = 'OCI runtime create failed: container_linux.go:349: starting container process caused'
  expect(messages(sim, 'Failed')[0]).toMatch(
    `Error: failed to start container "app": Error response from daemon: ${cause}`,
  )
  const [status] = podIn(sim)?.status?.containerStatuses ?? []
  expect(status?.state?.terminated?.message).toMatch(new RegExp(`^${cause}`))
  const again = ran(simWith({ version: 'v1.18' }, simPod('p', { image: 'busybox', command: ['nope'] })), '2500ms')
  const [id = ''] = /(?<=^docker:\/\/).*/.exec(podIn(again)?.status?.containerStatuses?.[0]?.containerID ?? '') ?? []
  expect(waiting(podIn(again))).toMatchObject({ reason: 'RunContainerError' })
  expect(waiting(podIn(again))?.message).toMatch(
    `failed to start container "${id}": Error response from daemon: ${cause}`,
  )
})

describe('L3 an image whose user is in no passwd of its own', () => {
  const images = [{ name: 'tide', user: 'app', files: { '/etc/passwd': 'root:x:0:0::/root:/bin/sh\n' } }]
  const pod = (container: object = {}) => simPod('p', { image: 'tide:1', ...container })
  test.each([
    {
      version: 'v1.18',
      reason: 'RunContainerError',
      text: /^Error: failed to start container "app": Error response from daemon: unable to find user app: no matching entries in passwd file$/,
    },
    {
      version: 'v1.26',
      reason: 'CreateContainerError',
      text: /^Error: failed to create containerd container: mount callback failed on \/var\/lib\/containerd\/tmpmounts\/containerd-mount\d+: no users found$/,
    },
    { version: 'v1.36', reason: 'CreateContainerError', text: /no users found$/ },
  ] as const)('$version tells $reason', ({ version, reason, text }) => {
    const sim = ran(simWith({ version, images }, pod()), '3s')
    expect(messages(sim, 'Failed')[0]).toMatch(text)
    expect(waiting(podIn(sim))?.reason).toMatch(new RegExp(`${reason}|CrashLoopBackOff`))
    const other = ran(simWith({ version, images }, pod({ securityContext: { runAsUser: 1000 } })), '3s')
    expect(podIn(other)?.status?.phase).toBe('Running')
  })
})

test.each([
  {
    version: 'v1.18',
    path: '/usr',
    text: /mounting \\\\\\"\/var\/lib\/kubelet\/pods\/[^/]+\/containers\/app\/[0-9a-f]{8}\\\\\\" to rootfs .* caused \\\\\\"not a directory/,
  },
  {
    version: 'v1.36',
    path: '/usr',
    text: /error mounting "\/var\/lib\/kubelet\/pods\/[^/]+\/containers\/app\/[0-9a-f]{8}" to rootfs at "\/usr": mount .*: not a directory/,
  },
  { version: 'v1.36', path: '/usr/word', text: undefined },
] as const)('L3 a last word at $path, $version', ({ version, path, text }) => {
  const sim = ran(simWith({ version }, simPod('p', { image: 'busybox', terminationMessagePath: path })), '3s')
  if (text === undefined) expect(messages(sim, 'Failed')).toEqual([])
  else expect(messages(sim, 'Failed')[0]).toMatch(text)
})

describe('L3 scripts of a Secret as commands', () => {
  test.each([
    ['busybox', 'v1.18', 'echo x\n', 1, 'standard_init_linux.go:211: exec user process caused "exec format error"\n'],
    ['busybox', 'v1.26', 'echo x\n', 1, 'exec /h/a: exec format error\n'],
    ['busybox', 'v1.36', '\n#!/bin/sh\necho x\n', 255, 'exec /h/a: exec format error\n'],
    ['busybox', 'v1.26', '#!/bin/nope\necho x\n', 1, 'exec /h/a: no such file or directory\n'],
    ['corp/app', 'v1.36', '#!/bin/sh\r\necho x\r\n', 255, 'exec /h/a: no such file or directory\n'],
    ['busybox', 'v1.36', '#!/usr/bin/env sh\necho x\nexit 7\n', 7, 'x\n'],
  ] as const)('%s, %s, %j: ends with %i', (image, version, script, exitCode, log) => {
    const volumes = [{ name: 'v', secret: { secretName: 's', defaultMode: 0o755 } }]
    const container = { image, command: ['/h/a'], volumeMounts: [{ name: 'v', mountPath: '/h' }] }
    const sim = ran(
      simWith({ version }, secretOf(script), simPod('p', container, { volumes, restartPolicy: 'Never' })),
      '9s',
    )
    expect(podIn(sim)?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(exitCode)
    expect(sim.kubectl('logs p').stdout).toBe(log)
  })

  test.each(['v1.18', 'v1.36'] as const)('a trap that ends a wait lets the Pod go, %s', (version) => {
    const script = 'trap "echo bye; exit 0" TERM; sleep 1000 & wait'
    const sim = ran(simWith({ version }, simPod('p', { image: 'busybox', command: ['sh', '-c', script] })), '9s')
    sim.kubectl('delete pod p --wait=false')
    expect(podIn(ran(sim, '5s'))).toBeUndefined()
  })
})

describe('L3 how a container ended that did not start', () => {
  const ended = (
    version: 'v1.18' | 'v1.23' | 'v1.24' | 'v1.36',
    container: object,
    objects: readonly object[] = [],
  ) => {
    const volumes = [{ name: 'v', secret: { secretName: 's' } }]
    const pod = simPod('p', { volumeMounts: [{ name: 'v', mountPath: '/h' }], ...container }, { volumes })
    const sim = ran(simWith({ version }, simSecret({ a: '#!/bin/sh\n' }), ...objects, pod), '5s')
    const { exitCode, reason, startedAt, finishedAt } =
      podIn(sim)?.status?.containerStatuses?.[0]?.lastState?.terminated ?? {}
    return { exitCode, reason, startedAt, finishedAt, described: sim.kubectl('describe pod p').stdout }
  }

  test.each([
    ['what is not on the path', { command: ['nope'] }, 127],
    ['what is not there', { command: ['/nope'] }, 127],
    ['what nobody may run', { command: ['/h/a'] }, 126],
    ['a file over a directory', { volumeMounts: [{ name: 'v', mountPath: '/usr', subPath: 'a' }] }, 127],
    ['a NUL byte', { env: [{ name: 'X', value: 'a\0b' }] }, 128],
  ])('%s', (_what, container, code) => {
    for (const version of ['v1.18', 'v1.23'] as const) {
      const docker = ended(version, container)
      expect(docker).toMatchObject({ exitCode: code, reason: 'ContainerCannotRun' })
      expect(docker.startedAt).toBe(docker.finishedAt)
      expect(docker.startedAt).toMatch(/^2020-/)
    }
    for (const version of ['v1.24', 'v1.36'] as const) {
      const containerd = ended(version, container)
      expect(containerd).toMatchObject({ exitCode: 128, reason: 'StartError', startedAt: '1970-01-01T00:00:00Z' })
      expect(containerd.described).toMatch(
        /Reason: +StartError\n(?:.*\n)+? +Exit Code: +128\n +Started: +Thu, 01 Jan 1970 00:00:00 \+0000\n +Finished: +Fri, 01 May 2020/,
      )
    }
  })
})

describe('L3 mounts that the runtime refuses', () => {
  const mounting = (version: 'v1.18' | 'v1.26' | 'v1.36', mount: object): Sim => {
    const volumes = [{ name: 'v', secret: { secretName: 's' } }]
    const pod = simPod('p', { volumeMounts: [{ name: 'v', ...mount }] }, { volumes })
    return ran(simWith({ version }, simSecret({ a: 'x' }), pod), '5s')
  }
  const onUsr = { mountPath: '/usr', subPath: 'a' }

  test('docker: a file over a directory', () => {
    const sim = mounting('v1.18', onUsr)
    expect(messages(sim, 'Failed')[0]).toMatch(
      /^Error: failed to start container "app": Error response from daemon: OCI runtime create failed: container_linux\.go:349: starting container process caused "process_linux\.go:449: container init caused \\"rootfs_linux\.go:58: mounting \\\\\\"\/var\/lib\/kubelet\/pods\/[-0-9a-f]{36}\/volume-subpaths\/v\/app\/0\\\\\\" to rootfs \\\\\\"\/var\/lib\/docker\/overlay2\/[0-9a-f]{64}\/merged\\\\\\" at \\\\\\"\/var\/lib\/docker\/overlay2\/[0-9a-f]{64}\/merged\/usr\\\\\\" caused \\\\\\"not a directory\\\\\\"\\"": unknown: Are you trying to mount a directory onto a file \(or vice-versa\)\? Check if the specified host path exists and is the expected type$/,
    )
    expect(['RunContainerError', 'CrashLoopBackOff']).toContain(waiting(podIn(sim))?.reason)
    expect(podIn(sim)?.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(127)
  })

  test('containerd 2: a file over a directory', () => {
    const sim = mounting('v1.36', onUsr)
    expect(messages(sim, 'Failed')[0]).toMatch(
      /^Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "(\S+)" to rootfs at "\/usr": mount src=\1, dst=\/usr, dstFd=\/proc\/thread-self\/fd\/11, flags=MS_BIND\|MS_REC: not a directory$/,
    )
  })

  test('containerd: a file over a directory', () => {
    const sim = mounting('v1.26', onUsr)
    expect(messages(sim, 'Failed')[0]).toMatch(
      /^Error: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting "(\S+)" to rootfs at "\/usr": mount \1:\/usr \(via \/proc\/self\/fd\/6\), flags: 0x5001: not a directory: unknown$/,
    )
  })

  test('a directory over a directory is fine, and so is a file where nothing is', () => {
    for (const mount of [{ mountPath: '/usr' }, { mountPath: '/usr/a', subPath: 'a' }])
      expect(podIn(mounting('v1.18', mount))?.status?.phase).toBe('Running')
  })

  test('containerd 2 starts no container with a mount at the root', () => {
    expect(messages(mounting('v1.36', { mountPath: '/' }), 'Failed')[0]).toMatch(
      /^Error: failed to create containerd task: .*error during container init: error mounting "\S+\/kubernetes\.io~secret\/v" to rootfs at "\/": create mountpoint for \/ mount: mountpoint ("\/run\/containerd\/io\.containerd\.runtime\.v2\.task\/k8s\.io\/app\/rootfs") is on the top of rootfs \1$/,
    )
  })

  test('docker makes no container with a mount at the root', () => {
    const sim = mounting('v1.18', { mountPath: '/' })
    expect(messages(sim, 'Failed')[0]).toMatch(
      /^Error: Error response from daemon: invalid volume specification: '\/var\/lib\/kubelet\/pods\/[-0-9a-f]{36}\/volumes\/kubernetes\.io~secret\/v:\/:ro': invalid mount config for type "bind": invalid specification: destination can't be '\/'$/,
    )
    expect(waiting(podIn(sim))?.reason).toBe('CreateContainerError')
  })
})

describe('E1 values that are no UTF-8', () => {
  const binary = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'cOT//g==' } }

  test.each(['v1.18', 'v1.26', 'v1.33'] as const)('%s: each byte that is none becomes U+FFFD', (version) => {
    const sim = ran(simWith({ version }, binary, simPod('p', fromSecret)), '5s')
    expect(sim.env({ pod: 'p' })?.get('X')).toBe('p\uFFFD\uFFFD\uFFFD')
    expect(sim.kubectl(['exec', 'p', '--', 'sh', '-c', 'printf %s "$X" | xxd -p']).stdout).toBe(
      '70efbfbdefbfbdefbfbd\n',
    )
  })

  test.each([
    ['from a key', fromSecret],
    ['from all keys', { envFrom: [{ secretRef: { name: 's' } }] }],
    ['by a reference', { env: [...fromSecret.env, { name: 'Y', value: 'of $(X)' }] }],
  ])('v1.36: no container is made with one %s', (_how, container) => {
    const sim = ran(simWith({ version: 'v1.36' }, binary, simPod('p', container)), '5s')
    const message = 'grpc: error while marshaling: string field contains invalid UTF-8'
    expect(messages(sim, 'Failed')).toContain(`Error: ${message}`)
    expect(waiting(podIn(sim))).toEqual({ reason: 'CreateContainerError', message })
  })

  test('v1.36: a value that says U+FFFD in UTF-8 is one, and so are keys that nobody takes', () => {
    const secret = { ...binary, data: { a: '77+9', other: '/w==' } }
    const sim = ran(simWith({ version: 'v1.36' }, secret, simPod('p', fromSecret)), '5s')
    expect(sim.env({ pod: 'p' })?.get('X')).toBe('\uFFFD')
  })

  test.each([
    ['v1.33', 'pa$Ã\uFFFDss $Ã\uFFFD'],
    ['v1.36', 'pa$äss $ä'],
  ] as const)('%s: $ before a character of two bytes', (version, expected) => {
    const sim = ran(simWith({ version }, simPod('p', { env: [{ name: 'X', value: 'pa$äss $ä' }] })), '5s')
    expect(sim.env({ pod: 'p' })?.get('X')).toBe(expected)
  })
})

describe('L3 runAsNonRoot', () => {
  const nonRoot = (more: object = {}) => simPod('p', {}, { securityContext: { runAsNonRoot: true, ...more } })

  test.each([
    { version: 'v1.18', more: {}, error: /^container has runAsNonRoot and image will run as root$/ },
    { version: 'v1.19', more: {}, error: /^container has runAsNonRoot and image will run as root$/ },
    { version: 'v1.20', more: {}, error: /image will run as root \(pod: "p_default/ },
    { version: 'v1.18', more: { runAsUser: 0 }, error: /^container's runAsUser breaks non-root policy$/ },
    {
      version: 'v1.36',
      more: {},
      error:
        /^container has runAsNonRoot and image will run as root \(pod: "p_default\([-0-9a-f]{36}\)", container: app\)$/,
    },
  ] as const)('in $version with $more: $error', ({ version, more, error }) => {
    const sim = ran(simWith({ version }, nonRoot(more)), '5s')
    expect(waiting(podIn(sim))).toMatchObject({ reason: 'CreateContainerConfigError' })
    expect(waiting(podIn(sim))?.message).toMatch(error)
    expect(messages(sim, 'Failed')[0]).toBe(`Error: ${waiting(podIn(sim))?.message}`)
  })

  test('a user of its own is fine, and so is an image of which nothing is known', () => {
    expect(podIn(ran(simWith({}, nonRoot({ runAsUser: 1000 })), '5s'))?.status?.phase).toBe('Running')
    const sim = createSim({ version: 'v1.36' })
    sim.apply(simPod('p', { image: 'reg.example/team/app:1' }, { securityContext: { runAsNonRoot: true } }))
    expect(podIn(ran(sim, '10s'))?.status?.phase).toBe('Running')
  })
})

describe('L3 groups of the image (containerd container_create_linux.go, TestProcessUser)', () => {
  const files = {
    '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n',
    '/etc/group': 'root:x:0:\nalice:x:1000:alice\nextra:x:11111:bob,alice\nothers:x:22222:root\n',
    '/of-alice': '',
    '/of-extra': '',
  }
  const groupOf = (own: object, user?: string) => {
    const image = {
      name: 'reg.example/app',
      present: true,
      program: 'shell' as const,
      files,
      ...(user === undefined ? {} : { user }),
    }
    return (version: SimOptions['version']) => {
      const sim = createSim({ version, images: [image] })
      const volumes = [{ name: 'v', emptyDir: {} }]
      const script =
        'echo x > /v/f; stat -c %g /v/f; for g in 1000 2000 3333 11111 22222; do chgrp $g /v/f 2>/dev/null && echo $g; done; sleep 9999'
      const container = {
        image: 'reg.example/app',
        command: ['sh', '-c', script],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      }
      sim.apply(simPod('p', container, { securityContext: own, volumes }))
      sim.runFor('5s')
      return podIn(sim)?.status?.reason ?? sim.logs({ pod: 'p' }).trim().split('\n')
    }
  }
  const alice = { runAsUser: 1000, runAsGroup: 2000, supplementalGroups: [3333] }
  const strict = { supplementalGroupsPolicy: 'Strict' }

  test.each([
    { own: alice, seen: ['2000', '2000', '3333', '11111'] },
    { own: { ...alice, ...strict }, seen: ['2000', '2000', '3333'] },
    { own: {}, user: '1000', seen: ['1000', '1000', '11111'] },
    { own: strict, user: 'alice', seen: ['1000', '1000'] },
    { own: {}, user: '1000:2000', seen: ['2000', '2000', '11111'] },
    { own: { runAsUser: 1234 }, user: '1000', seen: ['0'] },
  ])('of $own and user $user: $seen', ({ own, user, seen }) => {
    expect(groupOf(own, user)('v1.36')).toEqual(seen)
  })

  test('Strict is forgotten in v1.32, refused by a node in v1.33, whose runtime knows it only later', () => {
    const ask = groupOf({ ...alice, ...strict })
    expect(ask('v1.32')).toEqual(['2000', '2000', '3333', '11111'])
    expect(ask('v1.33')).toBe('SupplementalGroupsPolicyNotSupported')
  })
})

describe('L6 a Pod that is deleted in its first half second', () => {
  test.each([100, 200, 300, 400, 500])('after %i ms: no container starts without its volume (v1.18)', (ms) => {
    const sim = simTold({ seed: `early ${ms}` }, simSecret({ a: '1' }), simMounting('p'))
    sim.runFor(ms)
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('10s')
    const started = sim.journal.query({ type: 'container.start' }).length
    const complaints = messages(sim, 'Failed')
    for (const message of complaints)
      expect(message).toBe('Error: cannot find volume "v" to mount into container "app"')
    expect(started === 0 || complaints.length === 0).toBe(true)
  })
})

test('L6 containers are those of docker until dockershim went, then containerd', () => {
  const idIn = (version: 'v1.18' | 'v1.24') =>
    podIn(ran(simWith({ version }, simPod('p')), '5s'))?.status?.containerStatuses?.[0]?.containerID
  expect(idIn('v1.18')).toMatch(/^docker:\/\/[0-9a-f]{64}$/)
  expect(idIn('v1.24')).toMatch(/^containerd:\/\/[0-9a-f]{64}$/)
})
