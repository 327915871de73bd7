import { describe, expect, test } from 'vitest'
import type { Node } from '../../src/api/types/core.ts'
import { kubeletConfiguration } from '../../src/node/kubelet/configuration.ts'
import type { SimOptions } from '../../src/sim/options.ts'
import type { Sim } from '../../src/sim/sim.ts'
import {
  messages,
  podIn,
  secondsOf,
  simMounting,
  simPod,
  simSecret,
  simTold,
  story,
  waiting,
} from '../node/facts/world.ts'

/** facts/kubelet.md, section 14, row by row: what somebody who watches a cluster sees differ between v1.18, v1.26 and v1.36. */

const versions = ['v1.18', 'v1.26', 'v1.36'] as const
type Version = (typeof versions)[number]

/** What each version answers. */
function each<T>(ask: (version: Version) => T): readonly T[] {
  return versions.map(ask)
}

function settled(time: string, options: SimOptions, ...manifests: readonly object[]): Sim {
  const sim = simTold(options, ...manifests)
  sim.runFor(time)
  return sim
}

const envOf = (key = 'a') => ({ env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key } } }] })
const bare = (line: string) => line.replace(/ x\d+$/, '')

describe('14 Secrets', () => {
  test('I3 immutable Secrets stop their watch: with the gate only, by default since 1.19', () => {
    const secret = simSecret({ a: '1' }, 's', { immutable: true })
    const open = each(
      (version) => settled('20s', { version }, secret, simMounting('p')).traffic('s').nodes[0]?.openWatches,
    )
    expect(open).toEqual([1, 0, 0])
    const gated = { version: 'v1.18', featureGates: { ImmutableEphemeralVolumes: true } } as const
    expect(settled('20s', gated, secret, simMounting('p')).traffic('s').nodes[0]?.openWatches).toBe(0)
  })

  test('S5 idle watches are closed after five minutes since 1.21', () => {
    const open = each(
      (version) =>
        settled('8m', { version }, simSecret({ a: '1' }), simPod('p', envOf())).traffic('s').nodes[0]?.openWatches,
    )
    expect(open).toEqual([1, 0, 0])
  })

  test('I4 a Pod that is recreated under its name at once sees the new data of an immutable Secret: its uid counts since 1.22', () => {
    const seen = each((version) => {
      const gates = version === 'v1.18' ? { featureGates: { ImmutableEphemeralVolumes: true } } : {}
      const sim = settled(
        '20s',
        { version, ...gates },
        simSecret({ a: '1' }, 's', { immutable: true }),
        simMounting('p'),
      )
      sim.kubectl('delete secret s')
      sim.kubectl('delete pod p')
      sim.runFor('20s')
      sim.apply(simSecret({ a: '2' }, 's', { immutable: true }))
      sim.apply(simMounting('p'))
      sim.runFor('20s')
      return sim.file({ pod: 'p' }, '/etc/v/a')?.content
    })
    expect(seen).toEqual(['2', '2', '2'])
  })

  test('S5 a watch asks for 5 to 10 minutes, since 1.31 for 30 to 60', () => {
    const minutes = each((version) => {
      const sim = settled('20s', { version }, simSecret({ a: '1' }), simMounting('p'))
      const asked = sim.journal
        .query({ type: 'request.watch' })
        .filter(({ detail }) => detail?.name === 's')
        .map(({ detail }) => Number(detail?.timeoutSeconds) / 60)
      return (asked[0] ?? 0) >= 30
    })
    expect(minutes).toEqual([false, false, true])
  })

  test('2.1 limits of the clients are ten times as high since 1.27', () => {
    const limits = [18, 26, 36].map((minor) => {
      const { kubeAPIQPS, kubeAPIBurst, eventRecordQPS, eventBurst } = kubeletConfiguration(minor)
      return [kubeAPIQPS, kubeAPIBurst, eventRecordQPS, eventBurst].join(' ')
    })
    expect(limits).toEqual(['5 10 5 10', '5 10 5 10', '50 100 50 100'])
  })
})

describe('14 volumes', () => {
  test('L2 the time-out of volumes is an event up to 1.27', () => {
    const told = each((version) => {
      const sim = settled(
        '130s',
        { version },
        simMounting('p', { secretName: 's' }, { automountServiceAccountToken: false }),
      )
      return messages(sim, 'FailedMount').filter((text) => text?.startsWith('Unable')).length
    })
    expect(told).toEqual([1, 1, 0])
  })

  test('V5 a group is set after the data is visible in 1.18, before since 1.26: the end is the same', () => {
    const modes = each((version) => {
      const spec = { securityContext: { fsGroup: 2000 } }
      const sim = settled(
        '15s',
        { version },
        simSecret({ a: '1' }),
        simMounting('p', { secretName: 's', defaultMode: 0o400 }, spec),
      )
      return sim.file({ pod: 'p' }, '/etc/v/a')?.mode.toString(8)
    })
    expect(modes).toEqual(['440', '440', '440'])
  })

  test('U4 a subPath shows the present file after a restart since 1.19', () => {
    const seen = each((version) => {
      const mounts = { volumeMounts: [{ name: 'v', mountPath: '/etc/a', subPath: 'a' }] }
      const volumes = [{ name: 'v', secret: { secretName: 's' } }]
      const command = ['sh', '-c', 'sleep 100; exit 1']
      const sim = settled('20s', { version }, simSecret({ a: '1' }), simPod('p', { ...mounts, command }, { volumes }))
      sim.apply(simSecret({ a: '2' }))
      sim.runFor('95s')
      return sim.file({ pod: 'p' }, '/etc/a')?.content
    })
    expect(seen).toEqual(['1', '2', '2'])
  })

  test('S2 a tmpfs has the size of the memory limit since 1.22, and noswap is an option of the mount since 1.31', () => {
    const sizes = each((version) => {
      const mounts = { volumeMounts: [{ name: 'v', mountPath: '/etc/v' }], resources: { limits: { memory: '32Mi' } } }
      const volumes = [{ name: 'v', secret: { secretName: 's' } }]
      const spec = { volumes, automountServiceAccountToken: false }
      const sim = settled('15s', { version }, simSecret({ a: '1' }), simPod('p', mounts, spec))
      return sim.nodeMemory('node-1').pods[0]?.volumes[0]?.limitBytes
    })
    expect(sizes).toEqual([undefined, 32 * 2 ** 20, 32 * 2 ** 20])
  })

  test('O3 the account’s volume is a Secret up to 1.20 and projected since', () => {
    const names = each((version) =>
      podIn(settled('5s', { version }, simPod('p')))?.spec.volumes?.[0]?.name.slice(0, -6),
    )
    expect(names).toEqual(['default-token', 'kube-api-access', 'kube-api-access'])
  })
})

describe('14 environment', () => {
  test('E2 keys that are no names are variables without an event since 1.30', () => {
    const told = each((version) => {
      const from = { envFrom: [{ secretRef: { name: 's' } }] }
      const sim = settled('10s', { version }, simSecret({ '1bad': 'x' }), simPod('p', from))
      return [messages(sim, 'InvalidEnvironmentVariableNames').length, sim.env({ pod: 'p' })?.has('1bad')]
    })
    expect(told).toEqual([
      [1, false],
      [1, false],
      [0, true],
    ])
  })
})

describe('14 images', () => {
  const image = 'registry.example.com/app:1'
  const images = [{ name: 'registry.example.com/app', private: { username: 'u', password: 'p' } }]

  test('P1 a missing pull secret is told since 1.28', () => {
    const told = each((version) => {
      const sim = settled('10s', { version }, simPod('p', {}, { imagePullSecrets: [{ name: 's' }] }))
      return messages(sim, 'FailedToRetrieveImagePullSecret').length
    })
    expect(told).toEqual([0, 0, 1])
  })

  test('P1 Pulled tells durations since 1.19 and the size since 1.30', () => {
    const told = each((version) => {
      const [text = ''] = messages(settled('15s', { version, images: [] }, simPod('p')), 'Pulled')
      return text.replace(/\d+(\.\d+)?m?s/g, 'T').replace(/\d+ bytes/, 'N bytes')
    })
    expect(told).toEqual([
      'Successfully pulled image "busybox:1"',
      'Successfully pulled image "busybox:1" in T (T including waiting)',
      'Successfully pulled image "busybox:1" in T (T including waiting). Image size: N bytes.',
    ])
  })

  test('P1 ImagePullBackOff tells the error before it since 1.32', () => {
    const told = each((version) => {
      const sim = simTold({ version, images }, simPod('p', { image, command: undefined }))
      sim.runUntil(() => waiting(podIn(sim))?.reason === 'ImagePullBackOff', { within: '30s' })
      return waiting(podIn(sim))?.message?.replace(/: ErrImagePull: .*/, ' + error')
    })
    const text = `Back-off pulling image "${image}"`
    expect(told).toEqual([text, text, `${text} + error`])
  })
})

describe('14 containers', () => {
  test('L3 Created and Started are worded anew in 1.29 and 1.35', () => {
    const told = each((version) =>
      story(settled('10s', { version }, simPod('p')))
        .map(bare)
        .slice(-2),
    )
    expect(told).toEqual([
      ['Created Created container app', 'Started Started container app'],
      ['Created Created container app', 'Started Started container app'],
      ['Created Container created', 'Started Container started'],
    ])
  })

  test('L6 the back-off of a crash names container and Pod since 1.26', () => {
    const told = each((version) => {
      const sim = settled('30s', { version }, simPod('p', { command: ['false'] }))
      return messages(sim, 'BackOff')[0]?.replace(/\(.*/, '(uid)')
    })
    const text = 'Back-off restarting failed container'
    expect(told).toEqual([text, `${text} app in pod p_default(uid)`, `${text} app in pod p_default(uid)`])
  })

  test('L6 a restart comes at a sync 10 to 16 s apart up to 1.34, and soon after the end of its back-off since 1.35', () => {
    const late = each((version) => {
      const sim = settled('3m', { version }, simPod('p', { command: ['false'] }))
      const [, first = 0, second = 0] = secondsOf(sim, 'container.start')
      return second - first
    })
    expect(late[0]).toBeLessThanOrEqual(27)
    expect(late[1]).toBeLessThanOrEqual(27)
    expect(late[2]).toBeLessThanOrEqual(17)
  })

  test('L5 a Pod that is forced away has two seconds, in 1.26 its own (v1.36/README.md row 25)', () => {
    const told = each((version) => {
      const sim = settled('10s', { version }, simPod('p', {}, { terminationGracePeriodSeconds: 17 }))
      sim.kubectl('delete pod p --force --grace-period=0')
      sim.runFor('2s')
      return sim.journal.query({ type: 'container.stop' })[0]?.detail?.timeoutSeconds
    })
    expect(told).toEqual([2, 17, 2])
  })

  test('L5 a deleted Pod whose container ends with an error is Failed before it goes since 1.27 (row 24)', () => {
    const phases = each((version) => {
      const sim = settled('10s', { version }, simPod('p', {}, { terminationGracePeriodSeconds: 2 }))
      sim.kubectl('delete pod p --wait=false')
      sim.runFor('10s')
      const told = sim.journal.query({ type: 'object.updated', object: { kind: 'Pod', name: 'p' } })
      return [podIn(sim) === undefined, JSON.stringify(told).includes('"Failed"')]
    })
    expect(phases).toEqual([
      [true, false],
      [true, false],
      [true, true],
    ])
  })

  test('L6 a Failed Pod is not ready for the reason PodFailed since 1.22', () => {
    const reasons = each((version) => {
      const sim = settled('15s', { version }, simPod('p', { command: ['false'] }, { restartPolicy: 'Never' }))
      return podIn(sim)?.status?.conditions?.find(({ type }) => type === 'Ready')?.reason
    })
    expect(reasons).toEqual(['ContainersNotReady', 'PodFailed', 'PodFailed'])
  })
})

describe('14 nodes', () => {
  test('R3 a static Pod with a Secret is refused when it is read since 1.34', () => {
    const refused = each((version) => {
      const volumes = [{ name: 'v', secret: { secretName: 's' } }]
      const mounts = { volumeMounts: [{ name: 'v', mountPath: '/etc/v' }] }
      const nodes = [{ name: 'node-1', staticPods: [simPod('static', mounts, { volumes })] }]
      return settled('10s', { version, nodes }).journal.query({ type: 'static-pod.refused' }).length
    })
    expect(refused).toEqual([0, 0, 1])
  })

  test('L6 a node is lost after 40 s, since 1.31 after 50 s', () => {
    const lost = each((version) => {
      const sim = simTold({ version, nodes: 2 })
      sim.runFor('20s')
      sim.fault({ partition: 'node-1' })
      const from = sim.now()
      const isLost = () =>
        sim
          .get<Node>('Node', 'node-1')
          ?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'Unknown') ?? false
      sim.runUntil(isLost, { within: '2m' })
      return (sim.now() - from) / 1000
    })
    for (const [i, grace] of [40, 40, 50].entries()) {
      expect(lost[i]).toBeGreaterThanOrEqual(grace - 10.5)
      expect(lost[i]).toBeLessThanOrEqual(grace + 6)
    }
  })
})
