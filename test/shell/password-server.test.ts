import { describe, expect, test } from 'vitest'
import { cluster, pod, run, service } from '../cluster/network/network-world.ts'

const secret = (value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  stringData: { password: value },
})
const server = (args: readonly string[], value = 'right') => {
  const container = {
    name: 'db',
    image: 'podsim/password-server',
    args,
    env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
    volumeMounts: [{ name: 'db', mountPath: '/etc/db' }],
  }
  const volumes = [{ name: 'db', secret: { secretName: 'db' } }]
  return cluster([
    secret(value),
    service('db', { ports: [{ port: 8080 }] }),
    pod('db-0', { containers: [container], volumes }, { app: 'db' }),
    pod('curl', { containers: [{ name: 'curl', image: 'curlimages/curl', command: ['sleep', '1d'] }] }),
  ])
}
const logOf = (sim: ReturnType<typeof server>) => sim.logs({ pod: 'db-0' }).trimEnd().split('\n')
const asks = (sim: ReturnType<typeof server>, args: string) =>
  run(sim, `curl -s -w '%{http_code}\\n' ${args}`, { pod: 'curl' })

describe('the server that checks a password', () => {
  test('says who came, and what was wrong, never a value', () => {
    const sim = server(['--env=PASSWORD', '--user=admin'])
    expect(asks(sim, '-u admin:right db:8080')).toEqual(['welcome', '200'])
    expect(asks(sim, '-H "X-Password: right" db:8080/x')).toEqual(['welcome', '200'])
    expect(asks(sim, 'db:8080/healthz')).toEqual(['ok', '200'])
    for (const args of ['', '-u admin:wrong', '-u root:right'])
      expect(asks(sim, `${args} db:8080`)).toEqual(['wrong user name or password', '401'])
    expect(run(sim, 'curl -s -u "admin:right\n" db:8080', { pod: 'curl' })).toEqual(['wrong user name or password'])
    const ip = sim.kubectl('get pod curl -o jsonpath={.status.podIP}').stdout
    const right = '5 bytes (sha256 27042f4e)'
    expect(logOf(sim)).toEqual([
      `the password has ${right}`,
      'listening on :8080',
      `GET / from ${ip}: 200`,
      `GET /x from ${ip}: 200`,
      `GET / from ${ip}: 401, no password came with it`,
      expect.stringContaining(`401, the password that came has 5 bytes (sha256 8810ad58), the right one ${right}`),
      `GET / from ${ip}: 401, user root is not known`,
      expect.stringContaining('has 6 bytes, the last of them a line end (sha256 '),
    ])
    expect(logOf(sim).at(-1)).toMatch(/; but for that line end it is right$/)
    expect(logOf(sim).join()).not.toContain('wrong')
  })

  test.each([
    ['never', '401'],
    ['request', '200'],
    ['watch', '200'],
  ])('--reload=%s: with a new password it answers %s', (reload, code) => {
    const sim = server(['--file=/etc/db/password', `--reload=${reload}`])
    sim.apply(secret('newer'))
    sim.runFor('2m')
    expect(asks(sim, '-o /dev/null -u x:newer db:8080')).toEqual([code])
    expect(asks(sim, '-o /dev/null -u x:right db:8080')).toEqual([code === '200' ? '401' : '200'])
  })

  test('without a password there is no server', () => {
    const sim = server(['--file=/etc/db/none'])
    expect(sim.logs({ pod: 'db-0' })).toBe('error: open /etc/db/none: no such file or directory\n')
  })
})
