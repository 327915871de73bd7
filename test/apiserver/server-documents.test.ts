import { expect, test } from 'vitest'
import type { HttpAnswer } from '../../src/client/server.ts'
import { admin } from './new-api-server.ts'
import { newApi } from './registry/api.ts'

function asked(minor: number, path: string): HttpAnswer {
  const { server } = newApi(minor)
  return server.http({ user: admin, method: 'GET', path, headers: {}, body: '' }) as HttpAnswer // no watch is opened
}

test('/metrics tells what is stored and what the server was built from, in the text format of Prometheus', () => {
  const { headers, body } = asked(36, '/metrics')
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(body).toContain('# TYPE apiserver_storage_objects gauge\n')
  expect(body).toContain('\napiserver_storage_objects{resource="namespaces"} 1\n')
  expect(body).toMatch(/^kubernetes_build_info\{build_date="[^"]+",.*git_version="v1\.36\.2",.*minor="36",.*\} 1$/m)
  expect(asked(18, '/metrics').body).toContain('\netcd_object_counts{resource="namespaces"} 1\n')
})

test('who issues tokens is told from v1.20 on; no key is, for no token is signed', () => {
  const issuer = asked(20, '/.well-known/openid-configuration')
  expect(JSON.parse(issuer.body)).toMatchObject({
    issuer: 'https://kubernetes.default.svc',
    subject_types_supported: ['public'],
  })
  const keys = asked(20, '/openid/v1/jwks')
  expect([keys.headers['content-type'], JSON.parse(keys.body)]).toEqual(['application/jwk-set+json', { keys: [] }])
  for (const path of ['/.well-known/openid-configuration', '/openid/v1/jwks']) expect(asked(19, path).code).toBe(404)
})

test('/ lists them', () => {
  const { paths } = JSON.parse(asked(36, '/').body)
  expect(paths).toEqual(expect.arrayContaining(['/metrics', '/.well-known/openid-configuration', '/openid/v1/jwks']))
})

test('/readyz tells its checks when asked for them, leaves out what it is told to, and has a path for each; recorded v1.23.13', () => {
  const whole = asked(23, '/readyz?verbose').body
  expect(whole).toMatch(/^\[\+\]ping ok\n\[\+\]log ok\n\[\+\]etcd ok\n\[\+\]informer-sync ok\n/)
  expect(whole).toMatch(
    /\n\[\+\]poststarthook\/apiservice-openapi-controller ok\n\[\+\]shutdown ok\nreadyz check passed\n$/,
  )
  expect(asked(23, '/livez?verbose').body).not.toContain('shutdown')
  expect(asked(23, '/livez?verbose').body).toMatch(/\nlivez check passed\n$/)
  const some = asked(23, '/readyz?verbose&exclude=etcd&exclude=zz').body
  expect(some).toContain('\n[+]etcd excluded: ok\n')
  expect(some).toMatch(/\nwarn: some health checks cannot be excluded: no matches for "zz"\nreadyz check passed\n$/)
  expect([asked(23, '/readyz').body, asked(23, '/readyz/etcd').body]).toEqual(['ok', 'ok'])
  expect(asked(23, '/readyz/nope').code).toBe(404)
})
