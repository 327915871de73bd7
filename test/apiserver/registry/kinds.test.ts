import { describe, expect, test } from 'vitest'
import { newApi } from './api.ts'

const template = (labels: object, spec: object = {}) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'x' }], ...spec },
})
const apps = '/apis/apps/v1/namespaces/default'

describe('workloads', () => {
  test('a Deployment gets its defaults and counts its generations', () => {
    const api = newApi()
    const created = api.post(`${apps}/deployments`, {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template: template({ a: 'b' }) },
    })
    expect(created.spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
    })
    expect(created.metadata.generation).toBe(1)
    const scale = `${apps}/deployments/d/scale`
    const scaled = api.send('PATCH', scale, { spec: { replicas: 3 } }, 'application/merge-patch+json')
    expect(scaled).toMatchObject({ code: 200, body: { kind: 'Scale', spec: { replicas: 3 } } })
    expect(api.send('GET', `${apps}/deployments/d`).body).toMatchObject({
      metadata: { generation: 2 },
      spec: { replicas: 3 },
    })
  })

  test('a selector must match the template, and its Pods run for ever', () => {
    const { message } = newApi().post(`${apps}/deployments`, {
      metadata: { name: 'd' },
      spec: { selector: { matchLabels: { a: 'b' } }, template: template({ a: 'c' }, { restartPolicy: 'Never' }) },
    })
    expect(message).toBe(
      'Deployment.apps "d" is invalid: [spec.template.metadata.labels: Invalid value: map[string]string{"a":"c"}: `selector` does not match template `labels`, spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"]',
    )
  })

  test('a Job gets the labels and the selector of its uid', () => {
    const job = newApi().post('/apis/batch/v1/namespaces/default/jobs', {
      metadata: { name: 'j' },
      spec: { template: template({ x: 'y' }, { restartPolicy: 'Never' }) },
    })
    const { uid } = job.metadata
    expect(job.spec.selector.matchLabels).toEqual({ 'controller-uid': uid })
    expect(job.spec.template.metadata.labels).toEqual({ x: 'y', 'controller-uid': uid, 'job-name': 'j' })
  })

  const jobs = '/apis/batch/v1/namespaces/default/jobs'
  const newJob = (spec: object, name = 'j') => ({
    metadata: { name },
    spec: { template: template({}, { restartPolicy: 'Never' }), ...spec },
  })

  test.each([
    [
      { completionMode: 'Half' },
      'spec.completionMode: Unsupported value: "Half": supported values: "NonIndexed", "Indexed"',
    ],
    [
      { completionMode: 'Indexed', parallelism: 2 },
      'spec.completions: Required value: when completion mode is Indexed',
    ],
    [
      { completionMode: 'Indexed', completions: 1, parallelism: 100_001 },
      'spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed',
    ],
  ])('the mode %j of a Job is refused', (spec, message) => {
    expect(newApi(28).post(jobs, newJob(spec)).message).toContain(message)
  })

  test.each([25, 28])('v1.%d: the last index of an Indexed Job must make a hostname', (minor) => {
    const name = 'j'.repeat(62)
    const spec = { completionMode: 'Indexed', completions: 10, parallelism: 10 }
    expect(newApi(minor).post(jobs, newJob(spec, name)).message).toContain('will not able to create pod')
  })

  test('the last index of an Indexed Job must make a hostname, and its completions grow with its parallelism', () => {
    const api = newApi(28)
    const spec = { completionMode: 'Indexed', completions: 10, parallelism: 10 }
    const name = 'j'.repeat(62)
    expect(api.post(jobs, newJob(spec, name)).message).toContain(
      `metadata.name: Invalid value: "${name}": will not able to create pod with invalid DNS label: ${name}-9`,
    )
    api.post(jobs, newJob(spec))
    const change = (changed: object) =>
      api.send('PATCH', `${jobs}/j`, { spec: changed }, 'application/merge-patch+json').body
    expect(change({ completions: 11 }).message).toContain(
      'spec.completions: Invalid value: 11: can only be modified in tandem with spec.parallelism',
    )
    expect(change({ completions: 11, parallelism: 11 }).spec.completions).toBe(11)
    expect(change({ completionMode: 'NonIndexed' }).message).toContain('spec.completionMode: Invalid value: ')
  })

  test.each([
    ['*/5 * * * *', undefined],
    ['@hourly', undefined],
    ['* * *', 'Expected exactly 5 fields, found 3: * * *'],
    ['* * * * 8', 'End of range (8) above maximum (6): 8'],
    ['x * * * *', 'Failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ])('the schedule %j is read as cron reads it', (schedule, problem) => {
    const answer = newApi().post('/apis/batch/v1beta1/namespaces/default/cronjobs', {
      metadata: { name: 'j' },
      spec: { schedule, jobTemplate: { spec: { template: template({}, { restartPolicy: 'Never' }) } } },
    })
    if (problem === undefined) expect(answer.kind).toBe('CronJob')
    else
      expect(answer.message).toContain(`spec.schedule: Invalid value: "${schedule.replaceAll('"', '\\"')}": ${problem}`)
  })

  test("a StatefulSet's selector is for ever", () => {
    const api = newApi()
    const spec = { serviceName: 's', selector: { matchLabels: { a: 'b' } }, template: template({ a: 'b' }) }
    api.post(`${apps}/statefulsets`, { metadata: { name: 's' }, spec })
    const patch = { spec: { serviceName: 'other' } }
    expect(api.send('PATCH', `${apps}/statefulsets/s`, patch, 'application/merge-patch+json').body.message).toContain(
      "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' are forbidden",
    )
  })
})

describe('the other kinds', () => {
  test('a Service keeps its address, and its port is checked', () => {
    const api = newApi()
    const path = '/api/v1/namespaces/default/services'
    const created = api.post(path, { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } })
    expect(created.spec).toMatchObject({ type: 'ClusterIP', sessionAffinity: 'None', ports: [{ targetPort: 80 }] })
    const { clusterIP: _kept, ...spec } = created.spec
    expect(api.send('PUT', `${path}/s`, { ...created, spec }).body.spec.clusterIP).toBe(created.spec.clusterIP)
    expect(api.post(path, { metadata: { name: 'S' }, spec: { ports: [{ port: 0 }] } }).message).toContain(
      'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
    )
  })

  test('a new Node is tainted until it is ready', () => {
    const node = newApi().post('/api/v1/nodes', { metadata: { name: 'n' }, status: { capacity: { cpu: '4' } } })
    expect(node.spec.taints).toEqual([{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
    expect(node.status.allocatable).toEqual({ cpu: '4' })
  })

  test('a claim gets its protection and may not change', () => {
    const api = newApi()
    const path = '/api/v1/namespaces/default/persistentvolumeclaims'
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    const claim = api.post(path, { metadata: { name: 'c' }, spec })
    expect(claim).toMatchObject({
      metadata: { finalizers: ['kubernetes.io/pvc-protection'] },
      spec: { volumeMode: 'Filesystem' },
      status: { phase: 'Pending' },
    })
    const smaller = { spec: { resources: { requests: { storage: '1Mi' } } } }
    expect(api.send('PATCH', `${path}/c`, smaller, 'application/merge-patch+json').body.message).toContain(
      'spec.resources.requests.storage: Forbidden: field can not be less than previous value',
    )
  })

  test('R2 a limit range fills its own gaps', () => {
    const limits = [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '100m' } }]
    const range = newApi().post('/api/v1/namespaces/default/limitranges', { metadata: { name: 'l' }, spec: { limits } })
    expect(range.spec.limits[0]).toMatchObject({ default: { cpu: '1' }, defaultRequest: { cpu: '1' } })
  })

  test('R2 a quota may only name what can be limited', () => {
    const { message } = newApi().post('/api/v1/namespaces/default/resourcequotas', {
      metadata: { name: 'q' },
      spec: { hard: { storage: '1Gi' } },
    })
    expect(message).toContain('spec.hard[storage]: Invalid value: "storage": must be a standard resource for quota')
  })

  test('what has no rules of its own is stored and read back', () => {
    const api = newApi()
    const path = '/apis/apiextensions.k8s.io/v1beta1/customresourcedefinitions'
    const body = {
      metadata: { name: 'x.example.com' },
      spec: { group: 'example.com', version: 'v1', names: { plural: 'x', kind: 'X' } },
    }
    expect(api.send('POST', path, body).code).toBe(201)
    expect(api.send('GET', `${path}/x.example.com`).body.spec.group).toBe('example.com')
  })
})
