import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../src/index.ts'

/** Pods that come before their namespace's account and its token: what API server and clients wait for. */

const pod = (namespace: string, more: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...more },
})

const manifest = `apiVersion: v1
kind: Namespace
metadata: {name: fresh}
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: fresh}
spec: {containers: [{name: c, image: nginx}]}
`

describe.each<[SimOptions['version'], number]>([
  // Until tokens were bound, an account had to have one.
  ['v1.18', 1000],
  ['v1.26', 0],
  ['v1.36', 0],
])('a Pod right after its namespace, %s', (version, tokenMs) => {
  const options: SimOptions = { seed: 'first', version, commandTime: 0 }

  test('one command line makes both', () => {
    const sim = createSim(options)
    const began = sim.now()
    const made = sim.shell('kubectl create namespace fresh && kubectl run web --image=nginx -n fresh')
    expect(made).toEqual({ stdout: 'namespace/fresh created\npod/web created\n', stderr: '', exitCode: 0 })
    expect(sim.now() - began).toBeGreaterThanOrEqual(100)
    expect(sim.now() - began).toBeLessThan(200)
    expect(sim.get('Pod', 'web', 'fresh')?.spec.serviceAccountName).toBe('default')
  })

  test('an account that nobody makes is looked for ten times, 0.1 to 0.2 s apart', () => {
    const sim = createSim(options)
    sim.fault({ controller: 'serviceaccount' })
    sim.kubectl('create namespace fresh')
    const began = sim.now()
    expect(sim.kubectl('run web --image=nginx -n fresh').stderr).toBe(
      'Error from server (Forbidden): pods "web" is forbidden: error looking up service account fresh/default: serviceaccount "default" not found\n',
    )
    expect(sim.now() - began).toBeGreaterThanOrEqual(900)
    expect(sim.now() - began).toBeLessThan(1900)
  })

  test('one file makes both', () => {
    const sim = createSim(options)
    const made = sim.kubectl('apply -f -', { stdin: manifest })
    expect(made).toEqual({ stdout: 'namespace/fresh created\npod/web created\n', stderr: '', exitCode: 0 })
  })

  test('an account and its Pod come in one file', () => {
    const sim = createSim(options)
    const began = sim.now()
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot' } }
    const items = [account, pod('default', { serviceAccountName: 'robot' })]
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
    expect(sim.kubectl('apply -f -', { stdin: list }).stderr).toBe('')
    expect(sim.now() - began).toBe(tokenMs)
  })

  test('objects that are applied wait as files do', () => {
    const sim = createSim(options)
    sim.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fresh' } }, pod('fresh'))
    expect(sim.get('Pod', 'web', 'fresh')).toBeDefined()
  })

  test('an account that nobody makes is missed after ten looks, another one at once', () => {
    const sim = createSim(options)
    sim.kubectl('create namespace fresh')
    sim.runFor('5s')
    sim.kubectl('delete serviceaccount default -n fresh --wait=false')
    const began = sim.now()
    const missing = sim.kubectl('apply -f -', { stdin: JSON.stringify(pod('fresh', { serviceAccountName: 'nobody' })) })
    expect(missing.stderr).toBe(
      'Error from server (Forbidden): error when creating "STDIN": pods "web" is forbidden: error looking up service account fresh/nobody: serviceaccount "nobody" not found\n',
    )
    expect(sim.now()).toBe(began)
  })
})

test('a client that is told to come back does so ten times at most', () => {
  const sim = createSim({ seed: 'busy', version: 'v1.26', commandTime: 0 })
  sim.fault({ http: 429, verb: 'list', for: '20s' })
  const began = sim.now()
  const refused = sim.kubectl('get nodes')
  expect(refused.stderr).toContain('the server has received too many requests and has asked us to try again later')
  expect(sim.now() - began).toBe(10_000)
  sim.runFor('1s')
  expect(sim.kubectl('get nodes')).toMatchObject({ exitCode: 0 })
  expect(sim.now() - began).toBe(20_000)
})

test('so does a controller: a Pod of a ReplicaSet waits for its account without an Event', () => {
  const sim = createSim({ seed: 'controller', version: 'v1.18' })
  sim.shell('kubectl create namespace fresh && kubectl create deployment web --image=nginx -n fresh')
  sim.runFor('5s')
  expect(sim.kubectl('get pods -n fresh -o name').stdout).toMatch(/^pod\/web-\w+-\w+\n$/)
  expect(sim.kubectl('get events -n fresh').stdout).not.toContain('FailedCreate')
})
