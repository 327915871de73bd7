import { describe, expect, test } from 'vitest'
import type { Pod, VolumeMount } from '../../../../src/api/types/core.ts'
import { utf8Text } from '../../../../src/bytes/bytes.ts'
import { atOnce } from '../../../../src/kernel/at-once.ts'
import { containerMounts } from '../../../../src/node/volumes/plugins/container-mounts.ts'
import { createWorld, podWith, secretVolume, tree } from './world.ts'

describe('projected volumes', () => {
  const projected = (...names: readonly string[]) => ({
    projected: { defaultMode: 0o644, sources: names.map((name) => ({ secret: { name } })) },
  })

  test('V1 all sources come into one directory', () => {
    const { fs, secret, configMaps, setUp, directory } = createWorld()
    secret('one', { a: '1' })
    configMaps.set('conf', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf' }, data: { c: '3' } })
    const pod = podWith({
      projected: {
        defaultMode: 0o644,
        sources: [
          { secret: { name: 'one' } },
          { configMap: { name: 'conf', items: [{ key: 'c', path: 'sub/c' }] } },
          {
            downwardAPI: {
              items: [
                { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
                { path: 'cpu', resourceFieldRef: { containerName: 'app', resource: 'limits.cpu', divisor: '1m' } },
              ],
            },
          },
        ],
      },
    })
    expect(setUp(pod)).toBe('changed')
    expect(tree(fs, directory(pod))).toEqual({ a: '1', 'sub/c': '3', labels: 'a="\\"q\\""\napp="x"', cpu: '2000' })
    expect(directory(pod)).toContain('kubernetes.io~projected')
  })

  test('5 one error is told plain, several in brackets and none twice; the old content stays', () => {
    const { fs, secret, secrets, setUp, directory } = createWorld()
    secret('one', { a: '1' })
    expect(setUp(podWith(projected('one', 'two')))).toBe('secret "two" not found')
    expect(setUp(podWith(projected('two', 'three', 'two')))).toBe('[secret "two" not found, secret "three" not found]')
    const pod = podWith(projected('one'))
    setUp(pod)
    secrets.delete('one')
    expect(setUp(pod)).toBe('secret "one" not found')
    expect(tree(fs, directory(pod))).toEqual({ a: '1' })
  })

  test.each([
    { minor: 18, spec: {}, mode: 0o600, uid: 0 },
    { minor: 26, spec: {}, mode: 0o644, uid: 0 },
    { minor: 26, spec: { securityContext: { runAsUser: 1000 } }, mode: 0o600, uid: 1000 },
  ])('5 a token file in 1.$minor has mode $mode and owner $uid', ({ minor, spec, mode, uid }) => {
    const { fs, setUp, directory } = createWorld({
      minor,
      tokens: { get: () => atOnce(() => ({ ok: true, token: 'eyJ', staleAt: 2_880_000 })), forget: () => {} },
    })
    const sources = [{ serviceAccountToken: { path: 'token', expirationSeconds: 3600 } }]
    const pod = podWith({ projected: { defaultMode: 0o644, sources } }, spec)
    expect(setUp(pod)).toBe('changed')
    expect(fs.stat(`${directory(pod)}/token`)).toMatchObject({ value: { mode, uid, size: 3 } })
  })
})

describe('configMap, emptyDir, hostPath', () => {
  test('4.1 a configMap volume lies on disk', () => {
    const { fs, configMaps, setUp, directory } = createWorld()
    configMaps.set('c', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data: { t: 'ü' },
      binaryData: { b: '/w==' },
    })
    const pod = podWith({ configMap: { name: 'c', defaultMode: 0o644 } })
    expect(setUp(pod)).toBe('changed')
    expect(fs.isOnTmpfs(directory(pod))).toBe(false)
    expect(fs.readFile(`${directory(pod)}/b`)).toMatchObject({ value: new Uint8Array([255]) })
    expect(tree(fs, directory(pod)).t).toBe('ü')
  })

  test('an emptyDir keeps what is in it when it is set up again, and is gone after the tear-down', () => {
    for (const medium of ['', 'Memory']) {
      const { fs, setUp, tearDown, directory } = createWorld({ minor: 22 })
      const pod = podWith({ emptyDir: { medium, sizeLimit: '8Ki' } })
      setUp(pod)
      fs.writeFile(`${directory(pod)}/x`, new Uint8Array(10))
      setUp(pod)
      expect(fs.stat(`${directory(pod)}/x`).ok).toBe(true)
      expect(fs.tmpfsUsage()).toMatchObject(medium === '' ? [] : [{ sizeBytes: 8192 }])
      tearDown(pod)
      expect(fs.stat(directory(pod)).ok).toBe(false)
    }
  })

  test('a hostPath is checked by its type', () => {
    const { fs, setUp } = createWorld()
    fs.mkdirAll('/srv', 0o755)
    expect(setUp(podWith({ hostPath: { path: '/srv', type: 'Directory' } }))).toBe('same')
    expect(setUp(podWith({ hostPath: { path: '/nope', type: 'Directory' } }))).toBe(
      'hostPath type check failed: /nope is not a directory',
    )
    expect(setUp(podWith({ hostPath: { path: '/new', type: 'DirectoryOrCreate' } }))).toBe('same')
    expect(setUp(podWith({ hostPath: { path: '/made/for/it' } }))).toBe('same')
    expect(fs.stat('/made/for/it')).toMatchObject({ ok: true, value: { type: 'directory' } })
    expect(fs.stat('/new').ok).toBe(true)
  })

  test('a hostPath finds what every node has: directories, sockets and devices of system, kubelet and runtime', () => {
    const checked = (minor: number, path: string, type: string) =>
      createWorld({ minor }).setUp(podWith({ hostPath: { path, type } }))
    expect(checked(36, '/var/lib/kubelet/plugins_registry', 'Directory')).toBe('same')
    expect(checked(36, '/lib/modules', 'Directory')).toBe('same')
    expect(checked(36, '/etc/resolv.conf', 'File')).toBe('same')
    expect(checked(36, '/run/xtables.lock', 'FileOrCreate')).toBe('same')
    expect(checked(36, '/dev/fuse', 'CharDevice')).toBe('same')
    expect(checked(36, '/run/containerd/containerd.sock', 'Socket')).toBe('same')
    expect(checked(18, '/var/run/docker.sock', 'Socket')).toBe('same')
    expect(checked(36, '/var/run/docker.sock', 'Socket')).toBe(
      'hostPath type check failed: /var/run/docker.sock is not a socket file',
    )
    expect(checked(36, '/etc/localtime', 'Directory')).toBe(
      'hostPath type check failed: /etc/localtime is not a directory',
    )
  })

  test('volumes with storage behind them are mounted, empty; that of a claim stays for the next Pod', () => {
    const { fs, setUp, tearDown, pluginFor } = createWorld({ minor: 36 })
    const mounted = (pod: Pod) => {
      const [volume] = pod.spec.volumes ?? []
      return volume === undefined ? '' : (pluginFor(volume).hostPath({ pod, volume }) ?? '')
    }
    const disk = podWith({ nfs: { server: 'a', path: '/b' } })
    expect(setUp(disk)).toBe('same')
    fs.writeFile(`${mounted(disk)}/x`, new Uint8Array(1))
    tearDown(disk)
    expect(fs.stat(mounted(disk)).ok).toBe(false)
    const claim = podWith({ persistentVolumeClaim: { claimName: 'data' } })
    expect(setUp(claim)).toBe('same')
    fs.writeFile(`${mounted(claim)}/x`, new Uint8Array(1))
    tearDown(claim)
    expect(fs.stat(`${mounted(claim)}/x`).ok).toBe(true)
  })
})

describe('what containers get mounted', () => {
  const podMounting = (...mounts: readonly VolumeMount[]): Pod =>
    podWith(secretVolume(), { containers: [{ name: 'app', volumeMounts: mounts }] })
  const mountsOf = (world: ReturnType<typeof createWorld>, pod: Pod) => {
    const { fs, minor, pluginFor } = world
    const [container] = pod.spec.containers
    if (container === undefined) throw new Error('no container')
    return containerMounts({
      fs,
      minor,
      pod,
      container,
      env: [{ name: 'K', value: 'a' }],
      isMounted: () => true,
      pluginFor,
    })
  }
  const subPaths = '/var/lib/kubelet/pods/uid-1/volume-subpaths/foo/app'

  test('V8 a Secret is always mounted read-only', () => {
    const world = createWorld()
    world.secret('mysecret', { a: '1' })
    const pod = podMounting({ name: 'foo', mountPath: '/etc/foo', readOnly: false })
    world.setUp(pod)
    expect(mountsOf(world, pod)).toMatchObject({
      ok: true,
      mounts: [{ containerPath: '/etc/foo', hostPath: world.directory(pod), readOnly: true }],
      subPaths: [],
    })
  })

  test.each([
    { minor: 18, afterRestart: 'v1' },
    { minor: 26, afterRestart: 'v2' },
  ])('U4 a subPath keeps its file while the container runs; after a restart in 1.$minor it is $afterRestart', (row) => {
    const world = createWorld({ minor: row.minor })
    const { fs } = world
    const content = () => {
      const read = fs.readFile(`${subPaths}/1`)
      return read.ok ? utf8Text(read.value) : read.code
    }
    world.secret('mysecret', { a: 'v1' })
    const pod = podMounting({ name: 'foo', mountPath: '/etc/v' }, { name: 'foo', mountPath: '/etc/a', subPath: 'a' })
    world.setUp(pod)
    expect(mountsOf(world, pod)).toMatchObject({
      mounts: [{ hostPath: world.directory(pod) }, { hostPath: `${subPaths}/1`, readOnly: true }],
    })
    world.secret('mysecret', { a: 'v2' })
    world.setUp(pod)
    expect(content()).toBe('v1')
    mountsOf(world, pod)
    expect(content()).toBe(row.afterRestart)
    expect(world.tearDown(pod)).toEqual({ ok: true })
    expect(fs.stat('/var/lib/kubelet/pods/uid-1/volume-subpaths').ok).toBe(false)
    expect(fs.tmpfsUsage()).toEqual([])
  })

  test('U4 a subPath that the Secret lacks becomes an empty directory of mode 1777, and stays one', () => {
    const world = createWorld()
    const { fs } = world
    world.secret('mysecret', { a: '1' })
    const pod = podMounting({ name: 'foo', mountPath: '/etc/x', subPath: 'missing' })
    world.setUp(pod)
    expect(mountsOf(world, pod)).toMatchObject({ mounts: [{ hostPath: `${subPaths}/0` }] })
    expect(fs.stat(`${subPaths}/0`)).toMatchObject({ value: { type: 'directory', mode: 0o1777 } })
    world.secret('mysecret', { a: '1', missing: 'late' })
    expect(world.setUp(pod)).toBe('changed')
    expect(fs.stat(`${world.directory(pod)}/missing`)).toMatchObject({ value: { type: 'directory' } })
    // It goes with the key, as links do; what is bound stays with the container.
    world.secret('mysecret', { a: '1' })
    expect(world.setUp(pod)).toBe('changed')
    expect(fs.stat(`${world.directory(pod)}/missing`)).toMatchObject({ ok: false, code: 'ENOENT' })
    expect(fs.stat(`${subPaths}/0`)).toMatchObject({ value: { type: 'directory' } })
  })

  test.each([
    { subPath: '/a', error: 'error SubPath `/a` must not be an absolute path' },
    { subPath: 'a/../../b', error: "unable to provision SubPath `a/../../b`: must not contain '..'" },
  ])('the subPath $subPath is refused', ({ subPath, error }) => {
    const world = createWorld()
    world.secret('mysecret', { a: '1' })
    const pod = podMounting({ name: 'foo', mountPath: '/etc/x', subPath })
    world.setUp(pod)
    expect(mountsOf(world, pod)).toMatchObject({ ok: false, error })
  })

  test('a subPathExpr is expanded with the environment, and refused if a variable has no value', () => {
    const world = createWorld()
    world.secret('mysecret', { a: '1' })
    const good = podMounting({ name: 'foo', mountPath: '/etc/x', subPathExpr: '$(K)' })
    world.setUp(good)
    expect(mountsOf(world, good)).toMatchObject({ ok: true })
    const bad = podMounting({ name: 'foo', mountPath: '/etc/x', subPathExpr: '$(B)$(A)' })
    expect(mountsOf(world, bad)).toEqual({ ok: false, error: 'missing value for A, B' })
  })

  test('S3 a subPath cannot leave its volume through a link', () => {
    const world = createWorld()
    world.secret('mysecret', { a: '1' })
    const pod = podMounting({ name: 'foo', mountPath: '/etc/x', subPath: 'evil' })
    world.setUp(pod)
    world.fs.mkdirAll('/etc/kubernetes', 0o755)
    world.fs.symlink('/etc/kubernetes', `${world.directory(pod)}/evil`)
    expect(mountsOf(world, pod)).toMatchObject({
      ok: false,
      error: 'failed to prepare subPath for volumeMount "foo" of container "app"',
    })
  })
})
