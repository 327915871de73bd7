import { expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

const pod =
  'apiVersion: v1\nkind: Pod\nmetadata: {name: w}\nspec: {containers: [{name: c, image: busybox, command: [sleep, "9"], envFrom: [{secretRef: {name: none}}]}]}\n'

/** Source: pkg/kubelet/kubelet_pods.go, GetAttach and GetExec. */
test.each([
  ['v1.20', '1.20.2', ''],
  ['v1.36', '1.36.3', 'Internal error occurred: '],
] as const)(
  'C3 %s: who joins a container that waits is told its full name, who runs something in it is not',
  (version, kubectl, words) => {
    const sim = createSim({ version, kubectl, nodes: 1, journal: 'off' })
    sim.apply(pod)
    sim.runFor('10s')
    const last = (line: string) => sim.kubectl(line).stderr.trimEnd().split('\n').at(-1)
    expect(last('attach w -c c')).toBe(
      `error: ${words}unable to upgrade connection: container c not found in pod w_default`,
    )
    expect(last('exec w -c c -- ls')).toBe(`error: ${words}unable to upgrade connection: container not found ("c")`)
  },
)

test('C10 what is deprecated is told before what is built, and before what ends the build', () => {
  const sim = createSim({ version: 'v1.36', nodes: 0, journal: 'off' })
  sim.shell('mkdir k; printf "bases: []\\nresources: [a.yaml]\\n" > k/kustomization.yaml')
  const both = () =>
    sim
      .shell('kubectl kustomize k 2>&1')
      .stdout.split('\n')
      .map((line) => line.slice(0, 10))
  expect(both().slice(0, 2)).toEqual(['# Warning:', 'error: acc'])
  sim.shell('printf "apiVersion: v1\\nkind: Secret\\nmetadata: {name: s}\\n" > k/a.yaml')
  expect(both().slice(0, 2)).toEqual(['# Warning:', 'apiVersion'])
})
