import { expect, test } from 'vitest'
import { sessionTextDiffers } from './session-match.ts'
import { toldNodes } from './told-nodes.ts'

const pods = [
  'NAME                   READY   STATUS    AGE',
  'seldom-0               0/1     Pending   #s',
  'web-##########-#####   0/1     Pending   ##s',
  'web-##########-#####   1/1     Running   ##s',
  'zeal                   0/1     Pending   #s',
]
const printed = [
  'NAME                   READY   STATUS    AGE',
  'seldom-0               0/1     Pending   4s',
  'web-5b8c9d7f6d-x2k4z   0/1     Pending   12s',
  'web-5b8c9d7f6d-z9q7r   1/1     Running   12s',
  'zeal                   0/1     Pending   4s',
]
const at = (lines: readonly string[], ...order: readonly number[]) => order.map((each) => lines[each]).join('\n')
const differs = (...order: readonly number[]) =>
  sessionTextDiffers('kubectl get pods', pods.join('\n'), at(printed, ...order))

test('rows of a table stand as recorded, but where masked names sort them', () => {
  expect(differs(0, 1, 2, 3, 4)).toBe(false)
  expect(differs(0, 1, 3, 2, 4)).toBe(false)
  expect(differs(0, 4, 2, 3, 1)).toBe(true)
  expect(differs(1, 0, 2, 3, 4)).toBe(true)
  expect(differs(0, 2, 1, 3, 4)).toBe(true)
})

test('events of one object may change places, those of two may not', () => {
  const recorded = [
    'LAST SEEN   TYPE     REASON      OBJECT       MESSAGE',
    '#s          Normal   Scheduled   pod/eats     Successfully assigned default/eats to node-1',
    '#s          Normal   Pulling     pod/eats     Pulling image "redis"',
    '#s          Normal   Scheduled   pod/sleeps   Successfully assigned default/sleeps to node-2',
  ]
  const lines = recorded.map((line) => line.replace('#s', '3s'))
  const isOther = (...order: readonly number[]) =>
    sessionTextDiffers('kubectl get events', recorded.join('\n'), at(lines, ...order))
  expect(isOther(0, 1, 2, 3)).toBe(false)
  expect(isOther(0, 2, 1, 3)).toBe(false)
  expect(isOther(0, 3, 1, 2)).toBe(true)
})

test('lines of what describe prints of a Pod stand as recorded', () => {
  const recorded = ['Name:         eats', 'Namespace:    default', 'Node:         <none>', 'IPs:          <none>']
  const isOther = (...order: readonly number[]) =>
    sessionTextDiffers('kubectl describe pod eats', recorded.join('\n'), at(recorded, ...order))
  expect(isOther(0, 1, 2, 3)).toBe(false)
  expect(isOther(0, 2, 1, 3)).toBe(true)
})

test('where Pods are printed, it is said on which node', () => {
  const wide = 'NAME   READY   NODE     NOMINATED NODE\neats   0/1     node-2   <none>\n'
  expect(toldNodes(wide)).toEqual([{ pod: 'eats', node: 'node-2' }])
  expect(toldNodes('Name:         eats\nNode:         node-1/\n')).toEqual([{ pod: 'eats', node: 'node-1' }])
})
