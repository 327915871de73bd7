import { describe, expect, test } from 'vitest'
import { createSim, type Sim, type SimOptions } from '../../../src/index.ts'

type Spec = Record<string, unknown>

/** A Pod `a` whose container runs `script`. */
function started(
  script: string,
  { version = 'v1.36', ...spec }: Spec & { version?: SimOptions['version'] } = {},
  own: Spec = {},
): Sim {
  const sim = createSim({ journal: 'off', seed: 'own-files', version })
  const container = { name: 'c', image: 'busybox:1.36', command: ['sh', '-c', script], ...own }
  sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: { containers: [container], ...spec } })
  sim.runFor('20s')
  return sim
}

const logOf = (sim: Sim): string => sim.logs({ pod: 'a' })
const ended = (sim: Sim) => sim.get('Pod', 'a')?.status?.containerStatuses?.[0]?.state?.terminated

describe('/etc/hosts, as the kubelet writes it (kubelet_pods.go, managedHostsFileContent)', () => {
  const head =
    '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n' +
    'fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n'

  test('has the name of the Pod', () => {
    const sim = started('cat /etc/hosts; hostname; cat /etc/hostname; sleep 1d')
    const ip = sim.get('Pod', 'a')?.status?.podIP
    expect(logOf(sim)).toBe(`${head}${ip}\ta\na\na\n`)
  })

  test('has its domain, and the aliases of its Pod, a line for each address', () => {
    const hostAliases = [
      { ip: '127.0.0.1', hostnames: ['tide.local', 'moon.local'] },
      { ip: '10.7.7.7', hostnames: ['tide.remote'] },
    ]
    const sim = started('cat /etc/hosts; sleep 1d', { subdomain: 'sea', hostname: 'boat', hostAliases })
    const ip = sim.get('Pod', 'a')?.status?.podIP
    const added = '\n# Entries added by HostAliases.\n127.0.0.1\ttide.local\tmoon.local\n10.7.7.7\ttide.remote\n'
    expect(logOf(sim)).toBe(`${head}${ip}\tboat.sea.default.svc.cluster.local\tboat\n${added}`)
  })

  test('is the node’s with the network of the node, and so is the name of the machine', () => {
    const sim = started('cat /etc/hosts; hostname; echo $HOSTNAME; sleep 1d', { hostNetwork: true })
    expect(logOf(sim)).toBe('# Kubernetes-managed hosts file (host network).\n127.0.0.1\tlocalhost\nnode-1\nnode-1\n')
  })

  test('is what names are looked up in first', () => {
    const hostAliases = [{ ip: '127.0.0.1', hostnames: ['tide.local'] }]
    const script = 'getent hosts tide.local; getent hosts localhost; getent hosts nowhere.local || echo none; sleep 1d'
    const sim = started(script, { hostAliases }, { image: 'debian:12' })
    expect(logOf(sim)).toMatch(/^127\.0\.0\.1\s+tide\.local\n127\.0\.0\.1\s+localhost\nnone\n$/)
  })

  test('gives way to a volume that is mounted there', () => {
    const volumes = [{ name: 'h', secret: { secretName: 'h' } }]
    const sim = createSim({ journal: 'off', seed: 'own-files' })
    sim.apply([
      { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'h' }, stringData: { hosts: 'mine\n' } },
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a' },
        spec: {
          containers: [
            {
              name: 'c',
              image: 'busybox',
              command: ['sh', '-c', 'cat /etc/hosts; sleep 1d'],
              volumeMounts: [{ name: 'h', mountPath: '/etc/hosts', subPath: 'hosts' }],
            },
          ],
          volumes,
        },
      },
    ])
    sim.runFor('20s')
    expect(logOf(sim)).toBe('mine\n')
  })

  test('a name of more than 63 letters is cut', () => {
    const name = `${'a'.repeat(62)}-${'b'.repeat(9)}`
    const sim = createSim({ journal: 'off', seed: 'own-files' })
    const containers = [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'hostname; sleep 1d'] }]
    sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers } })
    sim.runFor('20s')
    expect(sim.logs({ pod: name })).toBe(`${'a'.repeat(62)}\n`)
  })
})

describe('a container’s last word (kuberuntime_container.go, getTerminationMessage)', () => {
  const never = { restartPolicy: 'Never' }

  test.each(['v1.18', 'v1.26', 'v1.36'] as const)('on %s it is what it left in /dev/termination-log', (version) => {
    const sim = started('echo no database > /dev/termination-log; exit 3', { ...never, version })
    expect(ended(sim)).toMatchObject({ exitCode: 3, reason: 'Error', message: 'no database\n' })
    expect(sim.kubectl('describe pod a').stdout).toMatch(/Reason: +Error\n +Message: +no database\n/)
  })

  test('also where the root may not be written, and where another path was chosen', () => {
    const own = {
      securityContext: { readOnlyRootFilesystem: true, runAsUser: 1000 },
      terminationMessagePath: '/tmp/last',
    }
    const sim = started('echo bye > /tmp/last; echo no > /tmp/other', never, own)
    expect(ended(sim)).toMatchObject({ exitCode: 1, message: 'bye\n' })
  })

  test('none is left by one that says nothing there', () => {
    expect(ended(started('echo out; exit 1', never))).not.toHaveProperty('message')
  })

  test('the end of the log stands for it where that is asked for and the container failed', () => {
    const logged = { terminationMessagePolicy: 'FallbackToLogsOnError' }
    const lines = 'for i in $(seq 100); do echo line $i; done'
    const last80 = Array.from({ length: 80 }, (_, i) => `line ${i + 21}\n`).join('')
    expect(ended(started(`${lines}; exit 1`, never, logged))).toMatchObject({ message: last80 })
    expect(ended(started(`${lines}; exit 0`, never, logged))).not.toHaveProperty('message')
    expect(ended(started('echo own > /dev/termination-log; echo out; exit 1', never, logged))).toMatchObject({
      message: 'own\n',
    })
  })

  test('of a long one the last 4 KiB are kept, of a log 2 KiB, of many containers 12 KiB together', () => {
    const long = 'head -c 5000 /dev/zero | tr "\\0" x'
    const left = ended(started(`${long} > /dev/termination-log; echo end >> /dev/termination-log`, never))
    expect(left?.message).toBe(`${'x'.repeat(4092)}end\n`)
    const logged = { terminationMessagePolicy: 'FallbackToLogsOnError' }
    expect(ended(started(`${long}; exit 1`, never, logged))?.message).toHaveLength(2048)
    const many = Array.from({ length: 5 }, (_, i) => ({
      name: `c${i}`,
      image: 'busybox',
      command: ['sh', '-c', `${long} > /dev/termination-log`],
    }))
    expect(ended(started('', { ...never, containers: many }))?.message).toBe('x'.repeat(2457))
  })

  test('it is told of the container before, too', () => {
    const sim = started('echo again > /dev/termination-log; exit 1')
    expect(sim.get('Pod', 'a')?.status?.containerStatuses?.[0]?.lastState?.terminated?.message).toBe('again\n')
  })
})

test('L1 a postStart hook may write where the image of a distribution has its directories', () => {
  const lifecycle = { postStart: { exec: { command: ['/bin/sh', '-c', 'echo Hello > /usr/share/message'] } } }
  const sim = started('', { containers: [{ name: 'c', image: 'nginx', lifecycle }] })
  expect(sim.get('Pod', 'a')?.status?.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 0 })
  expect(sim.exec({ pod: 'a' }, ['cat', '/usr/share/message']).stdout).toBe('Hello\n')
})
