import { describe, expect, test } from 'vitest'
import { newApi, pod, pods } from './api.ts'

describe('facts 2 Pods', () => {
  test('V5 a secret volume and a projected one get mode 420; a typo gives an empty volume', () => {
    const volumes = [
      { name: 'a', secret: { secretName: 's' } },
      { name: 'b', secrets: { secretName: 's' } },
      { name: 'c', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
    ]
    const { spec } = newApi().post(pods, pod('p', { volumes }))
    expect(spec.volumes).toEqual([
      { name: 'a', secret: { secretName: 's', defaultMode: 420 } },
      { name: 'b', emptyDir: {} },
      {
        name: 'c',
        projected: { defaultMode: 420, sources: [{ serviceAccountToken: { path: 't', expirationSeconds: 3600 } }] },
      },
    ])
  })

  test('requests come from limits, in Pods and not in templates', () => {
    const resources = { limits: { cpu: '0.5' } }
    const containers = [{ name: 'c', image: 'redis', resources }]
    const api = newApi()
    expect(api.post(pods, pod('p', { containers })).spec.containers[0].resources.requests).toEqual({ cpu: '500m' })
    const deployment = api.post('/apis/apps/v1/namespaces/default/deployments', {
      metadata: { name: 'd' },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: { metadata: { labels: { a: 'b' } }, spec: { containers } },
      },
    })
    expect(deployment.spec.template.spec.containers[0].resources).toEqual({ limits: { cpu: '500m' } })
  })

  test.each([
    [{ cpu: '1' }, { cpu: '1' }, 'Burstable'],
    [{ cpu: '1', memory: '1Gi' }, { cpu: '1', memory: '1Gi' }, 'Guaranteed'],
    [{}, {}, 'BestEffort'],
  ])('quality of service of requests %j and limits %j is %s', (requests, limits, expected) => {
    const containers = [{ name: 'c', image: 'redis', resources: { requests, limits } }]
    expect(newApi().post(pods, pod('p', { containers })).status).toEqual({ phase: 'Pending', qosClass: expected })
  })

  test('a container may not come or go, tolerations may only be added, a deadline only shrink', () => {
    const api = newApi()
    const created = api.post(pods, pod('p', { activeDeadlineSeconds: 10 }))
    const put = (spec: object) => api.send('PUT', `${pods}/p`, { ...created, spec: { ...created.spec, ...spec } }).body
    const two = [...created.spec.containers, { name: 'd', image: 'redis' }]
    expect(put({ containers: two }).message).toContain('pod updates may not add or remove containers')
    expect(put({ activeDeadlineSeconds: 20 }).message).toContain('must be less than or equal to previous value')
    expect(put({ tolerations: [] }).message).toBeUndefined()
    const changed = created.spec.tolerations.map((one: object) => ({ ...one, operator: 'Equal' }))
    expect(put({ tolerations: changed }).message).toContain('existing toleration can not be modified except its')
    const image = [{ ...created.spec.containers[0], image: 'redis:6' }]
    expect(put({ containers: image }).spec.containers[0].image).toBe('redis:6')
  })

  test('from v1.24 on the difference shows the old value first', () => {
    const change = (minor: number) => {
      const api = newApi(minor)
      api.post(pods, pod('p'))
      const patch = { spec: { hostname: 'x' } }
      return api.send('PATCH', `${pods}/p`, patch, 'application/merge-patch+json').body.message as string
    }
    expect(change(18)).toMatch(/^-.*"x"/m)
    expect(change(35)).toMatch(/^\+.*"x"/m)
  })

  test('L6 a bound Pod goes after its grace period, an unbound one at once', () => {
    const api = newApi()
    api.post(pods, pod('bound', { nodeName: 'n', terminationGracePeriodSeconds: 7 }))
    api.post(pods, pod('loose'))
    expect(api.send('DELETE', `${pods}/bound`).body.metadata.deletionGracePeriodSeconds).toBe(7)
    expect(api.send('GET', `${pods}/bound`).code).toBe(200)
    api.send('DELETE', `${pods}/loose`)
    expect(api.send('GET', `${pods}/loose`).code).toBe(404)
  })

  test('an eviction asks the budget', () => {
    const api = newApi()
    api.post(pods, pod('p', { nodeName: 'n' }, { labels: { a: 'b' } }))
    api.post('/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets', {
      metadata: { name: 'b' },
      spec: { minAvailable: 1, selector: { matchLabels: { a: 'b' } } },
    })
    const evict = () => api.send('POST', `${pods}/p/eviction`, { metadata: { name: 'p' } })
    expect(evict()).toMatchObject({
      code: 429,
      body: { message: "Cannot evict pod as it would violate the pod's disruption budget." },
    })
    const budget = '/apis/policy/v1beta1/namespaces/default/poddisruptionbudgets/b'
    const status = { status: { disruptionsAllowed: 1, observedGeneration: 1, currentHealthy: 2, desiredHealthy: 1 } }
    api.send('PATCH', `${budget}/status`, status, 'application/merge-patch+json')
    expect(evict().code).toBe(201)
    expect(api.send('GET', budget).body.status.disruptionsAllowed).toBe(0)
  })

  test('the table tells what a Pod waits for', () => {
    const api = newApi()
    api.post(pods, pod('p'))
    const waiting = { waiting: { reason: 'CreateContainerConfigError' } }
    const status = {
      phase: 'Pending',
      containerStatuses: [{ name: 'c', state: waiting, ready: false, restartCount: 2 }],
    }
    api.send('PATCH', `${pods}/p/status`, { status }, 'application/merge-patch+json')
    expect(api.rows(pods)[0]).toEqual([
      'p',
      '0/1',
      'CreateContainerConfigError',
      2,
      '0s',
      '<none>',
      '<none>',
      '<none>',
      '<none>',
    ])
  })

  test('hostile names of members change no prototype', () => {
    const body = JSON.parse(
      '{"metadata":{"name":"p","labels":{"__proto__":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}',
    )
    expect(newApi().send('POST', pods, body).code).toBe(422)
    expect(({} as Record<string, unknown>).x).toBeUndefined()
  })
})
