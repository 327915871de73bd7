import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { admissionPlugins } from '../../src/apiserver/admission/plugins/all.ts'
import { bootstrapPolicy } from '../../src/apiserver/auth/bootstrap-policy.ts'
import { createAuthorization } from '../../src/apiserver/auth/create-authorization.ts'
import { nodeRestriction } from '../../src/apiserver/auth/node-restriction.ts'
import { createApiServer } from '../../src/apiserver/create-api-server.ts'
import { kindStrategies } from '../../src/apiserver/registry/kinds/all.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { type JudgedCluster, type RequestVector, runRequestVector } from '../judge/requests.ts'
import { admin } from './new-api-server.ts'

const vectors: readonly RequestVector[] = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/authz.json', import.meta.url), 'utf8'),
)

/** A server with Node,RBAC, the default policy, two nodes, and the vector's namespace with its account and token. */
function cluster(vector: RequestVector): JudgedCluster {
  const kernel = createKernel()
  const gates = resolveFeatureGates(18)
  const authorization = createAuthorization({ kernel, minor: 18, gates })
  const server = createApiServer({
    kernel,
    calendar: createCalendar(defaultEpochMs),
    journal: createJournal(kernel, 'off'),
    random: createRandomStreams('authz'),
    minor: 18,
    gates,
    authorizers: [authorization.authorizer],
    admission: admissionPlugins({ podPreset: true, nodeRestriction, late: [authorization.escalationCheck] }),
    strategies: [...kindStrategies, ...authorization.strategies],
    observers: [authorization.observe],
  })
  const rbac = (resource: string) => ({ group: 'rbac.authorization.k8s.io', version: 'v1', resource })
  const policy = bootstrapPolicy()
  for (const role of policy.clusterRoles) server.seed(rbac('clusterroles'), role)
  for (const binding of policy.clusterRoleBindings) server.seed(rbac('clusterrolebindings'), binding)
  const namespace = vector.namespace ?? 'default'
  const send = (method: 'POST' | 'PUT', path: string, object: object) => {
    const headers = { accept: 'application/json', 'content-type': 'application/json' }
    const body = JSON.stringify({ apiVersion: 'v1', ...object })
    const answer = server.http({ user: admin, method, path: `/api/v1/${path}`, headers, body })
    expect([200, 201]).toContain(answer.code)
  }
  for (const name of ['kube-system', 'kube-node-lease', namespace]) {
    send('POST', 'namespaces', { kind: 'Namespace', metadata: { name } })
  }
  for (const name of ['node-1', 'node-2']) {
    send('POST', 'nodes', readyNode(name))
    // The node lifecycle controller takes the taint away that every new node has.
    send('PUT', `nodes/${name}`, readyNode(name))
  }
  const within = `namespaces/${namespace}`
  send('POST', `${within}/serviceaccounts`, { kind: 'ServiceAccount', metadata: { name: 'default' } })
  send('POST', `${within}/secrets`, tokenSecret(namespace))
  // The recording knows the random end of the token's name by a placeholder only.
  const http: JudgedCluster['http'] = (request) =>
    server.http({ ...request, path: request.path.replace('<rand-1>', tokenSuffix) })
  return { http, advance: (ms) => kernel.runUntil(kernel.now() + ms) }
}

const tokenSuffix = 'x7k2p'

function tokenSecret(namespace: string) {
  const data = { 'ca.crt': 'Y2E=', namespace: Buffer.from(namespace).toString('base64'), token: 'dG9rZW4=' }
  const annotations = {
    'kubernetes.io/service-account.name': 'default',
    'kubernetes.io/service-account.uid': '4dd8a3a1-9d5c-4a52-8d46-8a7a2a6a0001',
  }
  const metadata = { name: `default-token-${tokenSuffix}`, annotations }
  return { kind: 'Secret', metadata, type: 'kubernetes.io/service-account-token', data }
}

/** Nodes are objects made by hand there, with conditions and without a kubelet. */
function readyNode(name: string) {
  const amounts = { cpu: '4', 'ephemeral-storage': '100Gi', memory: '8Gi', pods: '110' }
  const condition = (type: string, status: string, reason: string, message: string) => {
    const time = '2020-05-01T00:00:00Z'
    return { type, status, lastHeartbeatTime: time, lastTransitionTime: time, reason, message }
  }
  const conditions = [
    condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
    condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
    condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
    condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
  ]
  const labels = { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' }
  const annotations = { 'node.alpha.kubernetes.io/ttl': '0' }
  return {
    kind: 'Node',
    metadata: { name, labels, annotations },
    status: { capacity: amounts, allocatable: amounts, conditions },
  }
}

describe('authz.json: what a real v1.18.20 server answered to whom may do what', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('S1 S4 %s', (_, vector) => {
    const requests = { ...vector, steps: (vector.steps ?? []).filter(({ kubectl }) => kubectl === undefined) }
    const failed = runRequestVector(requests, cluster).filter(({ passed }) => !passed)
    expect(failed.map(({ row, diff }) => `${row}: ${diff}`)).toEqual([])
  })
})
