import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import type { Sim } from '../../src/sim/sim.ts'
import { deprecationText } from '../../src/versions/deprecated-kinds.ts'

const cronJob = `apiVersion: batch/v1beta1
kind: CronJob
metadata: {name: c}
spec:
  schedule: '* * * * *'
  jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}}}
`
const boats = (versions: readonly object[]) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'boats.sea.example.com' },
  spec: { group: 'sea.example.com', scope: 'Namespaced', names: { plural: 'boats', kind: 'Boat' }, versions },
})
const version = (name: string, more: object = {}) => ({
  ...{ name, served: true, storage: name === 'v1', schema: { openAPIV3Schema: { type: 'object' } } },
  ...more,
})
const asked = (sim: Sim, path: string, user = 'admin') => {
  const { code, headers } = sim.request({ method: 'GET', path, user })
  return [code, headers.warning]
}

/** Sources: k8s.io/api, zz_generated.prerelease-lifecycle.go and core/v1/lifecycle.go of each release; KEP-4974 of Endpoints. */
describe('what an API server warns of whoever asks for a kind that will go', () => {
  const [ingress, hpa] = ['networking.k8s.io/v1 Ingress', 'HorizontalPodAutoscaler']
  test.each([
    ['v1', 'Endpoints', 32, undefined],
    ['v1', 'Endpoints', 33, 'v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
    ['v1', 'ComponentStatus', 36, 'v1.19+'],
    ['extensions/v1beta1', 'Ingress', 18, undefined],
    ['extensions/v1beta1', 'Ingress', 21, `v1.14+, unavailable in v1.22+; use ${ingress}`],
    ['networking.k8s.io/v1beta1', 'IngressClass', 19, `v1.19+, unavailable in v1.22+; use ${ingress}ClassList`],
    ['autoscaling/v2beta1', hpa, 22, `v1.22+, unavailable in v1.25+; use autoscaling/v2beta2 ${hpa}`],
    ['autoscaling/v2beta1', hpa, 23, `v1.22+, unavailable in v1.25+; use autoscaling/v2 ${hpa}`],
    ['policy/v1beta1', 'PodSecurityPolicy', 20, undefined],
    ['policy/v1beta1', 'PodSecurityPolicy', 24, 'v1.21+, unavailable in v1.25+'],
    ['apps/v1', 'Deployment', 36, undefined],
  ] as const)('%s %s on v1.%i', (apiVersion, kind, minor, since) => {
    const text = since === undefined ? undefined : `${apiVersion} ${kind} is deprecated in ${since}`
    expect(deprecationText(apiVersion, kind, minor)).toBe(text)
  })

  test('kubectl shows it once a command, whatever comes of the request; a server of v1.18 says nothing', () => {
    const text = 'batch/v1beta1 CronJob is deprecated in v1.21+, unavailable in v1.25+; use batch/v1 CronJob'
    const sim = createSim({ version: 'v1.24' })
    const { stdout, stderr } = sim.kubectl(['apply', '-f', '-'], { stdin: cronJob })
    expect([stdout, stderr]).toEqual(['cronjob.batch/c created\n', `Warning: ${text}\n`])
    expect(asked(sim, '/apis/batch/v1beta1/namespaces/default/cronjobs/x')).toEqual([404, `299 - "${text}"`])
    expect(asked(sim, '/apis/batch/v1beta1/cronjobs?watch=1')).toEqual([200, `299 - "${text}"`])
    for (const query of ['', '?watch=1'])
      expect(asked(sim, `/apis/batch/v1beta1/cronjobs${query}`, 'jane')).toEqual([403, undefined])
    expect(sim.kubectl('get cronjob c').stderr).toBe('')
    expect(createSim({ version: 'v1.18' }).kubectl(['apply', '-f', '-'], { stdin: cronJob }).stderr).toBe('')
  })

  test('on v1.33 and later whoever looks at Endpoints is told of EndpointSlices', () => {
    const sim = createSim({ version: 'v1.36' })
    const text = 'Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice\n'
    for (const line of ['get endpoints kubernetes', 'get svc,ep', 'get ep -w --request-timeout=1s'])
      expect(sim.kubectl(line).stderr).toContain(text)
    expect(createSim({ version: 'v1.32' }).kubectl('get endpoints').stderr).toBe('')
  })

  test('a definition’s own words, or which of its versions are newer', () => {
    const sim = createSim({ version: 'v1.26' })
    const bottom = { deprecated: true, deprecationWarning: 'v1alpha1 is at the bottom' }
    const older = version('v1beta1', { deprecated: true })
    sim.apply(boats([version('v1alpha1', bottom), older, version('v1beta2'), version('v1')]))
    sim.runFor('1s')
    const warned = (of: string) => asked(sim, `/apis/sea.example.com/${of}/boats`)[1]
    expect(['v1alpha1', 'v1beta1', 'v1beta2', 'v1'].map(warned)).toEqual([
      '299 - "v1alpha1 is at the bottom"',
      '299 - "sea.example.com/v1beta1 Boat is deprecated; use sea.example.com/v1 Boat"',
      undefined,
      undefined,
    ])
  })
})
