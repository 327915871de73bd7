import { describe, expect, test } from 'vitest'
import type { HttpAnswer, HttpStream } from '../../src/client/server.ts'
import { createKubectlWorld } from './world.ts'

/**
 * A kubectl in the server's own process hands objects over, and gets objects: it prints and stores what one that sends and
 * reads texts does, members in the same order.
 */

const pod = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: { name: 'p', labels: { z: '1', a: '<&>' }, annotations: { b: 'ü€', '10': 'x', '2': 'y' } },
  spec: {
    nodeSelector: { z: '1', a: '2' },
    volumes: [{ name: 'v', secret: { secretName: 's', items: [{ path: 'x', key: 'a' }] } }],
    containers: [
      {
        image: 'busybox',
        name: 'c',
        resources: { requests: { memory: '64Mi', cpu: 1 }, limits: { memory: 134217728, cpu: '1500m' } },
        readinessProbe: { httpGet: { path: '/', port: 'http' } },
        volumeMounts: [{ mountPath: '/s', name: 'v' }],
      },
    ],
  },
}
const secret = { kind: 'Secret', apiVersion: 'v1', metadata: { name: 's' }, stringData: { b: '1', a: '' }, data: {} }

/** Command lines, one after the other, with what they read; those that fail too. */
const lines: readonly (readonly [line: string, stdin?: object | string])[] = [
  ['create secret generic made --from-literal=z=1 --from-literal=a=<> --from-literal=10=x --from-literal=2=y'],
  ['create secret generic made --from-literal=z=1'],
  ['create secret docker-registry reg --docker-username=u --docker-password=p --docker-server=r'],
  ['create configmap conf --from-literal=b=ü --from-literal=a=1 -o yaml'],
  ['create deployment web --image=nginx -o json'],
  ['create quota q --hard=pods=3,cpu=1'],
  ['create service clusterip svc --tcp=80:8080'],
  ['create serviceaccount robot'],
  ['create role r --verb=get --resource=secrets'],
  ['apply -f -', pod],
  ['apply -f -', secret],
  ['apply -f -', { ...secret, stringData: { a: '2' } }],
  ['apply -f -', { ...pod, spec: { ...pod.spec, containers: [{ name: 'c', image: 7 }] } }],
  ['apply -f - --validate=false', { ...pod, metadata: { name: 'unknown' }, spec: { ...pod.spec, colour: 'red' } }],
  ['create -f -', 'kind: Secret\napiVersion: v1\nmetadata: {name: broken}\ndata: {a: "?"}\n'],
  ['create -f - -o yaml', 'kind: Secret\napiVersion: v1\nmetadata: {name: lines}\ndata: {a: "MQ\\n=="}\n'],
  ['replace -f -', { ...secret, stringData: { a: '3' } }],
  ['label secret s a=b'],
  ['get all -o wide'],
  ['get secret s -o yaml'],
  ['get secret,pod -o json'],
  ['describe pod p'],
  ['edit secret nowhere'],
  ['get nothing'],
]

function bodyOf(answer: HttpAnswer | HttpStream): string | undefined {
  return 'body' in answer ? answer.body : undefined
}

describe('kubectl by objects and by texts', () => {
  const [objects, texts] = [createKubectlWorld(), createKubectlWorld({}, true)]

  for (const [line, stdin] of lines) {
    test(line, () => {
      const input = stdin === undefined || typeof stdin === 'string' ? stdin : JSON.stringify(stdin)
      expect(objects.run(line, input)).toEqual(texts.run(line, input))
    })
  }

  test('C1 what is stored is the same', () => {
    for (const path of [
      '/api/v1/secrets',
      '/api/v1/pods',
      '/api/v1/configmaps',
      '/api/v1/resourcequotas',
      '/apis/apps/v1/deployments',
    ])
      expect(bodyOf(objects.http('GET', path))).toBe(bodyOf(texts.http('GET', path)))
  })
})
