import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

const files = {
  'k/kustomization.yaml': 'resources: [a.yaml]\nnamePrefix: x-\n',
  'k/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n',
  'bad/kustomization.yaml': 'resources: [none.yaml]\n',
}
const built = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x-a\n'

describe.each(['1.20.2', '1.26.4', '1.35.2'])(
  'C10 kustomize as a program of its own, as old as kubectl %s',
  (kubectl) => {
    const shell = () => {
      const sim = createSim({ nodes: 0, kubectl, files })
      return (line: string): string => {
        const { stdout, stderr, exitCode } = sim.shell(line)
        return `${stdout}${stderr}${exitCode === 0 ? '' : `[${exitCode}]`}`
      }
    }

    test('builds what kubectl kustomize builds: of a folder, of the one that the shell is in, through a pipe, into a file', () => {
      const run = shell()
      expect(run('kustomize build k')).toBe(built)
      expect(run('kubectl kustomize k')).toBe(built)
      expect(run('cd k; kustomize build; cd ..')).toBe(built)
      expect(run('kustomize build k | kubectl apply -f -')).toBe('configmap/x-a created\n')
      for (const flag of ['-o out.yaml', '-oout.yaml', '--output=out.yaml', '--output out.yaml'])
        expect(run(`rm -f out.yaml; kustomize build k ${flag}; cat out.yaml`)).toBe(built)
    })

    test('tells mistakes in its own way', () => {
      const run = shell()
      const told = run('kustomize build bad')
      expect(told).toMatch(/^Error: [^\n]+none\.yaml/)
      expect(told).toMatch(/\n\[1\]$/)
      expect(run('kustomize build bad > out; echo $?')).toMatch(/^1\n/)
      expect(run('kustomize build k --enable-helm')).toBe(
        'Error: podsim does not simulate the flag --enable-helm of kustomize\n[1]',
      )
    })

    test.each(['kustomize', 'kustomize edit set image a=b', 'kustomize version'])('%s is refused by name', (line) => {
      expect(shell()(line)).toMatch(/^podsim does not simulate kustomize( \w+)?\n\[1\]$/)
    })
  },
)
