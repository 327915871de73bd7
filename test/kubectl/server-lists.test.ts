import { expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

/** What kubectl 1.20.2, 1.32.3 and 1.35.2 printed for the same lines (`podsim serve`, clusters of v1.18 and v1.36). */

function lines(version: 'v1.18' | 'v1.36', kubectl: string) {
  const sim = createSim({ version, kubectl, nodes: 1 })
  sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'talks' },
    spec: {
      restartPolicy: 'Never',
      initContainers: [{ name: 'first', image: 'busybox', command: ['sh', '-c', 'echo zero'] }],
      containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', 'echo one'] }],
    },
  })
  const run = (line: string): string => {
    const { stdout, stderr, exitCode } = sim.kubectl(line.split(' '))
    return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
  }
  return { sim, run }
}

test.each([
  ['1.33.0', 'error: --output json is not available\n[1]'],
  [
    '1.34.0',
    '{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"","resources":[{"name":"cronjobs","singularName":"cronjob","namespaced":true,"group":"batch","version":"v1","kind":"CronJob"',
  ],
])('C5 kubectl %s: api-resources as JSON', (kubectl, text) => {
  const { run } = lines('v1.36', kubectl)
  const told = run('api-resources -o json --api-group=batch')
  expect(told.startsWith('{') ? JSON.stringify(JSON.parse(told)) : told).toContain(text)
  if (told.startsWith('{')) expect(told).toMatch(/^\{\n {4}"kind": /)
})

test('C5 api-resources: older servers tell no singular names, and how what is stored is hashed', () => {
  const { run } = lines('v1.18', '1.35.2')
  expect(run('api-resources -o yaml --api-group=batch')).toContain(
    '  singularName: ""\n  storageVersionHash: mudhfqk/qZY=\n',
  )
  expect(lines('v1.36', '1.35.2').run('api-resources -o yaml')).not.toContain('storageVersionHash')
  expect(run('api-resources -o json --api-group=none')).toContain('"resources": null')
})

test('C5 cluster-info names Services of the cluster by how they are reached', () => {
  const { sim, run } = lines('v1.36', '1.35.2')
  sim.apply({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: 'dns',
      namespace: 'kube-system',
      labels: { 'kubernetes.io/cluster-service': 'true', 'kubernetes.io/name': 'CoreDNS' },
    },
    spec: { ports: [{ name: 'dns', port: 53, protocol: 'UDP' }] },
  })
  expect(run('cluster-info')).toBe(
    "Kubernetes control plane is running at https://10.0.0.1:6443\nCoreDNS is running at https://10.0.0.1:6443/api/v1/namespaces/kube-system/services/dns:dns/proxy\n\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.\n",
  )
})

const kinds = 'Event ReplicationController Service DaemonSet Deployment ReplicaSet Pod'.split(' ')

test('C5 cluster-info dump: nodes, then lists and logs of each namespace', () => {
  const { sim, run } = lines('v1.36', '1.35.2')
  sim.runFor('10s')
  const [nodes, ...namespaces] = ['Node', ...kinds, ...kinds].map((kind) => `${kind}List`)
  const logs = ['first', 'c'].map(
    (container, i) =>
      `==== START logs for container ${container} of pod default/talks ====\n${['zero', 'one'][i]}\n==== END logs for container ${container} of pod default/talks ====\n`,
  )
  expect(run('cluster-info dump -o jsonpath={.kind}')).toBe([nodes, ...namespaces, ...logs].join(''))
  expect(run('cluster-info dump -o name')).toBe(
    'error: list types are not supported by name printing: *v1.NodeList\n[1]',
  )
  expect(run('cluster-info dump --namespaces=kube-system')).toContain('"items": null')
  expect(lines('v1.36', '1.31.0').run('cluster-info dump --namespaces=kube-system')).toContain('"items": []')
})

test('C5 cluster-info dump into a folder', () => {
  const { sim, run } = lines('v1.36', '1.35.2')
  expect(run('cluster-info dump -o yaml -A --output-directory=dumped')).toBe('Cluster info dumped to dumped\n')
  expect(
    sim.shell('cd dumped && ls && ls default default/talks && head -1 nodes.yaml && cat default/talks/logs.txt').stdout,
  ).toBe(
    `default\nkube-node-lease\nkube-public\nkube-system\nnodes.yaml\ndefault:\ndaemonsets.yaml\ndeployments.yaml\nevents.yaml\npods.yaml\nreplicasets.yaml\nreplication-controllers.yaml\nservices.yaml\ntalks\n\ndefault/talks:\nlogs.txt\napiVersion: v1\n${['first', 'c'].map((name) => `==== START logs for container ${name} of pod default/talks ====\nRequest log error: the server rejected our request for an unknown reason (get pods talks)\n==== END logs for container ${name} of pod default/talks ====\n`).join('')}`,
  )
})
