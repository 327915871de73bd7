import { describe, expect, test } from 'vitest'
import { admissionPlugins } from '../../../src/apiserver/admission/plugins/all.ts'
import { type Api, newApi, pod, pods } from '../registry/api.ts'

const core = '/api/v1/namespaces/default'
const merge = 'application/merge-patch+json'

function giveSecrets(api: Api, secrets: readonly string[], metadata: object = {}): void {
  const patch = { metadata, secrets: secrets.map((name) => ({ name })) }
  api.send('PATCH', `${core}/serviceaccounts/default`, patch, merge)
}

describe('facts 3.1 admission', () => {
  test('the plugins that are on in some version stand in their order', () => {
    expect(admissionPlugins({ podPreset: true }).map(({ name }) => name)).toEqual([
      'NamespaceLifecycle',
      'PodPreset',
      'LimitRanger',
      'ServiceAccount',
      'TaintNodesByCondition',
      'PodSecurity',
      'Priority',
      'DefaultTolerationSeconds',
      'DefaultStorageClass',
      'StorageObjectInUseProtection',
      'PersistentVolumeClaimResize',
      'RuntimeClass',
      'DefaultIngressClass',
      'PodResizeValidator',
      'ResourceQuota',
    ])
  })

  test('O3 without a token Secret a Pod that wants one is put off, as a server error', () => {
    const answer = newApi().send('POST', pods, pod('p', { automountServiceAccountToken: true }))
    expect(answer).toMatchObject({
      code: 500,
      body: { reason: 'ServerTimeout', details: { name: 'create pod', kind: 'serviceaccounts', retryAfterSeconds: 1 } },
    })
  })

  test('O3 from v1.21 on the token is projected', () => {
    const { spec } = newApi(26).post(pods, pod('p', { automountServiceAccountToken: true }))
    expect(spec.volumes[0].name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
    expect(spec.volumes[0].projected.sources[0]).toEqual({
      serviceAccountToken: { expirationSeconds: 3607, path: 'token' },
    })
    expect(spec.containers[0].volumeMounts).toEqual([
      { name: spec.volumes[0].name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
    ])
  })

  test('P4 envFrom goes unseen until v1.30', () => {
    const attempt = (minor: number) => {
      const api = newApi(minor)
      giveSecrets(api, ['mine'], { annotations: { 'kubernetes.io/enforce-mountable-secrets': 'true' } })
      const containers = [{ name: 'c', image: 'redis', envFrom: [{ secretRef: { name: 'yours' } }] }]
      return api.send('POST', pods, pod('p', { containers }))
    }
    expect(attempt(18).code).toBe(201)
    expect(attempt(35).body.message).toBe(
      'pods "p" is forbidden: container c with envFrom referencing secret.secretName="yours" is not allowed because service account default does not reference that secret',
    )
  })

  test('nothing is made in a namespace that is missing or going', () => {
    const api = newApi()
    expect(api.send('POST', '/api/v1/namespaces/gone/secrets', { metadata: { name: 's' } })).toMatchObject({
      code: 404,
      body: { message: 'namespaces "gone" not found' },
    })
    expect(api.send('DELETE', '/api/v1/namespaces/default').body.message).toBe(
      'namespaces "default" is forbidden: this namespace may not be deleted',
    )
  })

  test('R2 a limit range gives containers their defaults and tells so, and refuses what is too much', () => {
    const api = newApi()
    const limits = [{ type: 'Container', default: { cpu: '200m' }, defaultRequest: { cpu: '100m' }, max: { cpu: '1' } }]
    api.post(`${core}/limitranges`, { metadata: { name: 'l' }, spec: { limits } })
    const made = api.post(pods, pod('p'))
    expect(made.spec.containers[0].resources).toEqual({ limits: { cpu: '200m' }, requests: { cpu: '100m' } })
    expect(made.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu request for container c; cpu limit for container c',
    })
    const containers = [{ name: 'c', image: 'redis', resources: { limits: { cpu: '2' } } }]
    expect(api.post(pods, pod('q', { containers })).message).toBe(
      'pods "q" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
    )
  })

  test.each([
    [27, 'maximum memory usage per Pod is 1Gi, but limit is 1610612736'],
    [29, 'maximum memory usage per Pod is 1Gi, but limit is 2560Mi'],
  ])('a LimitRange of type Pod in v1.%i: sidecars run beside the containers', (minor, why) => {
    const api = newApi(minor)
    const limits = [{ type: 'Pod', max: { memory: '1Gi' } }]
    api.post(`${core}/limitranges`, { metadata: { name: 'l' }, spec: { limits } })
    const having = (name: string, memory: string, extra: object = {}) => ({
      name,
      image: 'redis',
      resources: { limits: { memory } },
      ...extra,
    })
    const spec = {
      initContainers: [having('s', '1Gi', { restartPolicy: 'Always' })],
      containers: [having('c', '512Mi'), having('d', '1Gi')],
    }
    expect(api.post(pods, pod('p', spec)).message).toContain(why)
  })

  test('R2 a quota charges for what it allows and refuses the rest', () => {
    const api = newApi()
    const hard = { 'requests.cpu': '1', pods: '2' }
    api.post(`${core}/resourcequotas`, { metadata: { name: 'q' }, spec: { hard } })
    const used = { 'requests.cpu': '0', pods: '0' }
    api.send('PATCH', `${core}/resourcequotas/q/status`, { status: { hard, used } }, merge)
    const asking = (name: string, cpu?: string) => {
      const resources = cpu === undefined ? {} : { requests: { cpu } }
      return api.send('POST', pods, pod(name, { containers: [{ name: 'c', image: 'redis', resources }] }))
    }
    expect(asking('a').body.message).toBe('pods "a" is forbidden: failed quota: q: must specify requests.cpu')
    expect(asking('b', '600m').code).toBe(201)
    expect(api.send('GET', `${core}/resourcequotas/q`).body.status.used).toEqual({ 'requests.cpu': '600m', pods: '1' })
    expect(asking('c', '600m').body.message).toBe(
      'pods "c" is forbidden: exceeded quota: q, requested: requests.cpu=600m, used: requests.cpu=600m, limited: requests.cpu=1',
    )
  })

  test('a priority class becomes a number, an unknown one a refusal', () => {
    const api = newApi()
    api.post('/apis/scheduling.k8s.io/v1/priorityclasses', { metadata: { name: 'high' }, value: 7 })
    expect(api.post(pods, pod('p', { priorityClassName: 'high' })).spec.priority).toBe(7)
    expect(api.post(pods, pod('q', { priorityClassName: 'none' })).message).toBe(
      'pods "q" is forbidden: no PriorityClass with name none was found',
    )
    expect(api.post(pods, pod('r', { priority: 3 })).message).toContain(
      'the integer value of priority (3) must not be provided in pod spec; priority admission controller computed 0',
    )
  })

  test('a claim without a class gets the default one, and only bound claims grow', () => {
    const api = newApi()
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' }
    api.post('/apis/storage.k8s.io/v1/storageclasses', { metadata: { name: 'fast', annotations }, provisioner: 'x/y' })
    const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } }
    const claims = `${core}/persistentvolumeclaims`
    expect(api.post(claims, { metadata: { name: 'c' }, spec }).spec.storageClassName).toBe('fast')
    const more = { spec: { resources: { requests: { storage: '2Gi' } } } }
    expect(api.send('PATCH', `${claims}/c`, more, merge).code).toBe(422)
  })
})
