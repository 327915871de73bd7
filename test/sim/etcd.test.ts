import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

const create = 'kubectl create secret generic mysecret --from-literal=password=s3cr3t'
const look = 'ETCDCTL_API=3 etcdctl get /registry/secrets/default/mysecret'

test('S6 whoever reads etcd reads every Secret', () => {
  const sim = createSim()
  sim.shell(create)
  expect(sim.shell(`${look} | grep -c s3cr3t`).stdout).toBe('1\n')
  const { stdout } = sim.shell(look)
  expect(stdout.startsWith('/registry/secrets/default/mysecret\nk8s\0')).toBe(true)
  expect(new TextDecoder().decode(sim.etcdValue('mysecret'))).toContain('s3cr3t')
})

test('S6 with encryption at rest etcd shows the provider and nothing else, while the API answers as ever', () => {
  const sim = createSim({ encryptionAtRest: true })
  sim.shell(create)
  expect(sim.shell(`${look} --print-value-only`).stdout.startsWith('k8s:enc:aescbc:v1:key1:')).toBe(true)
  expect(sim.shell(`${look} | grep -c s3cr3t`).stdout).toBe('0\n')
  expect(sim.shell("kubectl get secret mysecret -o jsonpath='{.data.password}' | base64 -d").stdout).toBe('s3cr3t')
})

test('a key that is not there prints nothing; what etcdctl here does not know is told', () => {
  const sim = createSim()
  expect(
    sim.shell('etcdctl --endpoints=https://127.0.0.1:2379 --cacert ca.crt get /registry/secrets/default/none'),
  ).toEqual({
    stdout: '',
    stderr: '',
    exitCode: 0,
  })
  expect(sim.shell('etcdctl del /registry').exitCode).toBe(128)
  expect(sim.shell('etcdctl get').stderr).toBe('Error: bad number of arguments\n')
})
