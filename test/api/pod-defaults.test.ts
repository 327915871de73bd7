import { expect, test } from 'vitest'
import { defaultPodOnly, defaultPodSpec } from '../../src/api/pod-defaults.ts'
import type { PodSpec } from '../../src/api/types/core.ts'

const probe = { httpGet: { port: 8080 } }
const spec: PodSpec = {
  containers: [
    {
      name: 'web',
      image: 'nginx',
      ports: [{ containerPort: 80 }],
      env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
      livenessProbe: probe,
      lifecycle: { preStop: probe },
    },
  ],
  volumes: [{ name: 'v', secret: { secretName: 's' } }, { name: 'w' }, { name: 'm', configMap: { name: 'm' } }],
}

test('what has all its defaults stays the very same object, so that a template and what is made of it share it', () => {
  const template = defaultPodSpec(spec)
  expect(template).not.toBe(spec)
  expect(defaultPodSpec(template)).toBe(template)
  const pod = defaultPodOnly(template)
  expect(pod.containers).toBe(template.containers)
  expect(defaultPodOnly(defaultPodSpec(pod))).toBe(pod)
})
