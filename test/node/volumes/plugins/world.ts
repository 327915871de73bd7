import type { ConfigMap, Pod, PodSpec, Secret, Volume } from '../../../../src/api/types/core.ts'
import { encodeBase64, utf8Bytes, utf8Text } from '../../../../src/bytes/bytes.ts'
import { createNodeFs } from '../../../../src/fs/memory-fs.ts'
import type { FileView } from '../../../../src/fs/node-fs.ts'
import { atOnce } from '../../../../src/kernel/at-once.ts'
import { createCalendar } from '../../../../src/kernel/calendar.ts'
import { createKernel } from '../../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../../src/kernel/random.ts'
import type { VolumePlugin, VolumeRef } from '../../../../src/node/volumes/plugin.ts'
import type { VolumeHost } from '../../../../src/node/volumes/plugins/host.ts'
import { createVolumePlugins } from '../../../../src/node/volumes/plugins/volume-plugins.ts'

/** A node with the volume plugins, and API objects that are simply there. */
export function createWorld(options: { minor?: number; memoryBytes?: number } & Partial<VolumeHost> = {}) {
  const kernel = createKernel()
  const fs = createNodeFs({ kernel, memoryBytes: options.memoryBytes ?? 1 << 30 })
  const secrets = new Map<string, Secret>()
  const configMaps = new Map<string, ConfigMap>()
  const lookup = <T>(objects: Map<string, T>, kind: string): VolumeHost['secrets'] & VolumeHost['configMaps'] => ({
    get: (_namespace: string, name: string) =>
      atOnce(() => {
        const object = objects.get(name)
        const error = { message: `${kind} "${name}" not found`, isNotFound: true }
        // The test fills each map with objects of its own kind.
        return (object === undefined ? { ok: false, error } : { ok: true, object }) as never
      }),
  })
  const minor = options.minor ?? 18
  const pluginFor = createVolumePlugins({
    kernel,
    calendar: createCalendar(1_588_336_496_000),
    random: createRandomStreams('volumes'),
    fs,
    allocatable: () => ({ memory: '1Gi', cpu: '2' }),
    secrets: lookup(secrets, 'secret'),
    configMaps: lookup(configMaps, 'configmap'),
    ...options,
    minor,
  })
  const plugin = (volume: Volume): VolumePlugin => {
    const found = pluginFor(volume)
    if (found === undefined) throw new Error(`no plugin for ${volume.name}`)
    return found
  }
  /** `changed`, `same` or the error. */
  // As a kubelet has it: what a volume was written with stands there until it is taken away.
  const refs = new Map<string, { pod: Pod; volume: Volume }>()
  const refOf = (pod: Pod, volume: Volume): VolumeRef => {
    const key = `${pod.metadata.uid}/${volume.name}`
    const ref = refs.get(key) ?? { pod, volume }
    refs.set(key, ref)
    return Object.assign(ref, { pod, volume })
  }
  const setUp = (pod: Pod, name = 'foo'): string => {
    const volume = volumeOf(pod, name)
    let answer = 'no answer'
    plugin(volume)
      .setUp(refOf(pod, volume))
      .subscribe((result) => {
        answer = result.ok ? (result.changed ? 'changed' : 'same') : result.error
      })
    return answer
  }
  const tearDown = (pod: Pod, name = 'foo') => plugin(volumeOf(pod, name)).tearDown(refOf(pod, volumeOf(pod, name)))
  const directory = (pod: Pod, name = 'foo') =>
    plugin(volumeOf(pod, name)).hostPath({ pod, volume: volumeOf(pod, name) })
  const secret = (name: string, values: Readonly<Record<string, string>>) =>
    secrets.set(name, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, resourceVersion: '1' },
      data: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, encodeBase64(utf8Bytes(value))])),
    })
  return { kernel, fs, minor, secrets, configMaps, pluginFor, setUp, tearDown, directory, secret }
}

const volumeOf = (pod: Pod, name: string): Volume => {
  const volume = pod.spec.volumes?.find((each) => each.name === name)
  if (volume === undefined) throw new Error(`no volume ${name}`)
  return volume
}

export function podWith(volume: Omit<Volume, 'name'>, spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'mypod',
      namespace: 'default',
      uid: 'uid-1',
      labels: { app: 'x', a: '"q"' },
      annotations: { k: 'v' },
    },
    spec: {
      containers: [{ name: 'app', image: 'i', volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }] }],
      volumes: [{ name: 'foo', ...volume }],
      ...spec,
    },
  }
}

export const secretVolume = (rest: Partial<NonNullable<Volume['secret']>> = {}) => ({
  secret: { secretName: 'mysecret', defaultMode: 0o644, ...rest },
})

/** Every visible file of a directory: path to content. */
export function tree(files: FileView, directory: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {}
  const names = files.readdir(`${directory}${below}`)
  for (const name of names.ok ? names.value : []) {
    if (name.startsWith('..')) continue
    const path = `${below}/${name}`
    const content = files.readFile(directory + path)
    if (content.ok) found[path.slice(1)] = utf8Text(content.value)
    else
      Object.assign(found, content.code === 'EISDIR' ? tree(files, directory, path) : { [path.slice(1)]: content.code })
  }
  return found
}
