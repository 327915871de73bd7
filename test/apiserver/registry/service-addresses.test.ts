import { describe, expect, test } from 'vitest'
import { newApi } from './api.ts'

const services = '/api/v1/namespaces/default/services'

function service(name: string, spec: object = {}): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name }, spec: { ports: [{ port: 80 }], ...spec } }
}

describe('addresses of Services', () => {
  test('no two Services get the same address or node port', () => {
    const { post } = newApi()
    const made = Array.from({ length: 300 }, (_, i) => post(services, service(`s-${i}`, { type: 'NodePort' })).spec)
    expect(new Set(made.map(({ clusterIP }) => clusterIP)).size).toBe(300)
    expect(new Set(made.map(({ ports }) => ports[0].nodePort)).size).toBe(300)
  })

  test('one that is asked for and taken is refused, until its holder is gone', () => {
    const { post, send } = newApi()
    post(services, service('a', { clusterIP: '10.96.1.2' }))
    expect(post(services, service('b', { clusterIP: '10.96.1.2' })).message).toBe(
      'Service "b" is invalid: spec.clusterIP: Invalid value: "10.96.1.2": provided IP is already allocated',
    )
    expect(
      send('PATCH', `${services}/a`, { metadata: { labels: { a: 'b' } } }, 'application/merge-patch+json').code,
    ).toBe(200)
    send('DELETE', `${services}/a`)
    expect(post(services, service('b', { clusterIP: '10.96.1.2' })).spec.clusterIP).toBe('10.96.1.2')
  })

  test.each([
    { minor: 18, code: 422 },
    { minor: 36, code: 200 },
  ])('1.$minor: a type without node ports gives back those that were drawn for it', ({ minor, code }) => {
    const { post, send } = newApi(minor)
    post(services, service('a', { type: 'NodePort' }))
    const merge = 'application/merge-patch+json'
    const changed = send('PATCH', `${services}/a`, { spec: { type: 'ClusterIP' } }, merge)
    expect(changed.code).toBe(code)
    if (code === 200) expect(changed.body.spec.ports[0].nodePort).toBeUndefined()
  })
})
