import { describe } from 'vitest'
import { expect, test } from '../../src/testing/vitest.ts'

const secret = `apiVersion: v1
kind: Secret
metadata: { name: db }
stringData: { password: "t0p s3cret", user: me }
---
`
const deployment = (container: string, volumes = '[]') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: app, image: nginx, ${container} }
      volumes: ${volumes}
`
const byVariable = deployment('env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: db, key: password } } }]')
const byFile = deployment(
  'volumeMounts: [{ name: db, mountPath: /etc/db }]',
  '[{ name: db, secret: { secretName: db } }]',
)
const seeds = { seeds: 2 } as const

describe('matchers for manifests', () => {
  test('E3: toStartWith is about all that is given; what is missing is told with its place', () => {
    const files = [{ name: 'web.yaml', text: byVariable }]
    expect(files).toStartWith({ have: [{ name: 'db', keys: [] }], for: '1m' })
    expect(files).not.toStartWith({ for: '1m' })
    expect(() => expect(files).toStartWith({ for: '1m' })).toThrow(
      'expected everything to start on v1.36\n  web.yaml:10:97: secret default/db does not exist\n    waits: deployment default/web',
    )
    expect(() => expect(secret + byVariable).not.toStartWith({ for: '1m' })).toThrow(
      'expected something not to start on v1.36, but all 1 workloads do',
    )
  })

  test('U3, U4: toFollowRotation is about every container that uses the Secret', () => {
    expect(secret + byFile).toFollowRotation('secret/db', seeds)
    expect(secret + byVariable).not.toFollowRotation({ name: 'db', key: 'password' }, seeds)
    expect(secret + byVariable).toFollowRotation('secret/db:user', seeds)
    expect(() => expect(secret + byVariable).toFollowRotation('secret/db:password', seeds)).toThrow(
      /^expected everybody to follow a rotation of secret default\/db, key password\n {2}manifest:15:97: deployment default\/web app env PASSWORD: never: .*; until .*\n {2}to bring it to everybody:\n {4}kubectl rollout restart deployment\/web -n default$/,
    )
    expect(() => expect(secret).toFollowRotation('db', seeds)).toThrow('but nothing among the manifests uses it')
    expect(() => expect(secret + byFile).not.toFollowRotation('db', seeds)).toThrow('but all 1 uses do')
    expect(() => expect(secret).toFollowRotation('a b')).toThrow('"a b" names no Secret; expected secret/NAME')
  })
})
