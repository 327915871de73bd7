import { expect, test } from 'vitest'
import { computeHash } from '../../src/controllers/hash/compute-hash.ts'

const template = (name: string, image: string, label: string) => ({
  metadata: { creationTimestamp: null, labels: { app: label } },
  spec: {
    containers: [
      {
        name,
        image,
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'Always',
      },
    ],
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
  },
})

test('8.3 a template has the hash that a v1.18 controller gives it', () => {
  // Recorded (controllers.json, daemonset-one-per-node), and known from `kubectl create deployment nginx --image=nginx`.
  expect(computeHash(template('c', 'redis', 'agent'), undefined)).toBe('5ff89c4486')
  expect(computeHash(template('nginx', 'nginx', 'nginx'), undefined)).toBe('f89759699')
})

test('8.3 a collision changes the hash; an empty part does not', () => {
  const one = template('c', 'redis', 'agent')
  expect(computeHash(one, 1)).not.toBe(computeHash(one, undefined))
  expect(computeHash({ ...one, spec: { ...one.spec, volumes: [], nodeSelector: {} } }, undefined)).toBe(
    computeHash(one, undefined),
  )
})
