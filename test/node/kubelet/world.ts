import type { Event, Pod, Secret } from '../../../src/api/types/core.ts'
import type { KubeObject } from '../../../src/api/types/meta.ts'
import { createApiServer } from '../../../src/apiserver/create-api-server.ts'
import { kindStrategies } from '../../../src/apiserver/registry/kinds/all.ts'
import { resources } from '../../../src/client/client.ts'
import { createClient } from '../../../src/client/in-process-client.ts'
import { createLink } from '../../../src/client/link.ts'
import { adminUser } from '../../../src/cluster/control-plane.ts'
import type { ClusterRecord } from '../../../src/cluster/records.ts'
import { createNodeFs } from '../../../src/fs/memory-fs.ts'
import { createCalendar, defaultEpochMs } from '../../../src/kernel/calendar.ts'
import { createJournal } from '../../../src/kernel/journal.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { type KubeletConfiguration, kubeletConfiguration } from '../../../src/node/kubelet/configuration.ts'
import { createKubelet } from '../../../src/node/kubelet/kubelet.ts'
import { createRecordingRegistry, recordingTimings } from '../../../src/node/runtime/recording-profile.ts'
import { createRuntime } from '../../../src/node/runtime/simulated-runtime.ts'
import { resolveFeatureGates } from '../../../src/versions/feature-gates.ts'
import { answered } from '../../client/answered.ts'
import { roomyMachine } from '../roomy-machine.ts'

export interface WorldOptions {
  readonly minor?: number
  readonly seed?: string
  readonly kubelet?: Partial<KubeletConfiguration>
  readonly recordIdleSyncs?: boolean
}

/** An API server without admission and authorization, and one node with its kubelet, running. */
export function createWorld(options: WorldOptions = {}) {
  const { minor = 18, seed = 'world' } = options
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const journal = createJournal<ClusterRecord>(kernel, 'full')
  const random = createRandomStreams(seed)
  const gates = resolveFeatureGates(minor)
  const server = createApiServer({
    kernel,
    calendar,
    journal,
    random,
    minor,
    gates,
    authorizers: [],
    admission: [],
    strategies: kindStrategies,
  })
  const link = createLink({ kernel, random: random.stream('link') })
  const nodeLink = createLink({ kernel, random: random.stream('node-link') })
  const admin = createClient({ server, user: adminUser, link, minor })
  const client = createClient({ server, user: adminUser, link: nodeLink, minor })
  const fs = createNodeFs({ kernel, memoryBytes: 2 ** 34, calendar })
  const runtime = createRuntime({
    kernel,
    calendar,
    journal,
    random,
    fs,
    registry: createRecordingRegistry(),
    timings: recordingTimings,
    nodeName: 'n1',
  })
  const kubelet = createKubelet({
    kernel,
    calendar,
    journal,
    random,
    nodeName: 'n1',
    minor,
    gates,
    config: kubeletConfiguration(minor, options.kubelet),
    client,
    eventClient: client,
    heartbeatClient: client,
    runtime,
    fs,
    hostIp: '10.0.0.1',
    space: roomyMachine(),
    recordIdleSyncs: options.recordIdleSyncs ?? false,
  })
  const create = (object: object) => {
    const { kind } = object as KubeObject
    const resource = kind === 'Pod' ? resources.pods : resources.secrets
    answered(admin.create(resource, object), () => undefined)
  }
  kubelet.start()
  kernel.runUntil(5000)
  return {
    kernel,
    journal,
    server,
    admin,
    link: nodeLink,
    fs,
    runtime,
    kubelet,
    create,
    /** Runs on for so many virtual seconds. */
    run: (seconds: number) => kernel.runUntil(kernel.now() + Math.round(seconds * 1000)),
    pod: (name: string) => server.store.collection('pods').get('default', name) as Pod | undefined,
    events: () => server.store.collection('events').list('default') as readonly Event[],
    updateSecret(name: string, data: Readonly<Record<string, string>>) {
      const secret = server.store.collection('secrets').get('default', name) as Secret
      answered(
        admin.update(resources.secrets, { ...secret, data: undefined, stringData: data } as object as Secret),
        () => undefined,
      )
    },
  }
}

export type World = ReturnType<typeof createWorld>

export function secret(name: string, data: Readonly<Record<string, string>>, more: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'default' },
    type: 'Opaque',
    stringData: data,
    ...more,
  }
}

/** A Pod of one container on the node, that mounts a Secret at /etc/v. */
export function mounting(name: string, secretName: string, more: object = {}, command = ['serve']): object {
  return pod(name, {
    containers: [{ name: 'app', image: 'local/app:1', command, volumeMounts: [{ name: 'v', mountPath: '/etc/v' }] }],
    volumes: [{ name: 'v', secret: { secretName } }],
    ...more,
  })
}

/** A Pod of one container on the node, that has a key of a Secret as variable X. */
export function withEnv(name: string, secretName: string, key: string, command = ['serve']): object {
  const valueFrom = { secretKeyRef: { name: secretName, key } }
  return pod(name, {
    containers: [{ name: 'app', image: 'local/app:1', command, env: [{ name: 'X', valueFrom }] }],
  })
}

function pod(name: string, spec: object): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'n1', ...spec } }
}

/** Content of a file in the Pod's first volume, as the node has it. */
export function fileOf(world: World, podName: string, path: string): string | undefined {
  const uid = world.pod(podName)?.metadata.uid
  const read = world.fs.readFile(`/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~secret/v/${path}`)
  return read.ok ? new TextDecoder().decode(read.value) : undefined
}
