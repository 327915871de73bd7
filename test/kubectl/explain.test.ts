import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { createKubectlWorld } from './world.ts'

describe('explain reads OpenAPI v3 from kubectl 1.27 on', () => {
  const sim = createSim({ journal: 'off', version: 'v1.36', nodes: 0 })
  const out = (line: string) => sim.kubectl(line.split(' ')).stdout

  test('values of enumerations, the name of a type, and its words', () => {
    expect(out('explain pod.spec.containers.imagePullPolicy')).toBe(`KIND:       Pod
VERSION:    v1

FIELD: imagePullPolicy <string>
ENUM:
    Always
    IfNotPresent
    Never

DESCRIPTION:
    Image pull policy. One of Always, Never, IfNotPresent. Defaults to Always if
    :latest tag is specified, or IfNotPresent otherwise. Cannot be updated. More
    info: https://kubernetes.io/docs/concepts/containers/images#updating-images
    
    Possible enum values:
     - \`"Always"\` means that kubelet always attempts to pull the latest image.
    Container will fail If the pull fails.
     - \`"IfNotPresent"\` means that kubelet pulls if the image isn't present on
    disk. Container will fail if the image isn't present and the pull fails.
     - \`"Never"\` means that kubelet never pulls an image, but only uses a local
    image. Container will fail if the image isn't present
    

`)
  })

  test('a group as part of the name, and types that are not objects', () => {
    expect(out('explain deployments.apps.spec.strategy.rollingUpdate.maxSurge')).toMatch(
      /^GROUP: {6}apps\nKIND: {7}Deployment\nVERSION: {4}v1\n\nFIELD: maxSurge <IntOrString>\n\n\nDESCRIPTION:\n {4}The maximum/,
    )
    expect(out('explain pod.spec.containers.resources')).toContain('  limits\t<map[string]Quantity>\n')
    expect(out('explain pod.metadata.managedFields')).toContain('  fieldsV1\t<FieldsV1>\n')
  })

  test('fields of fields end where a type comes again', () => {
    const lines = out('explain crd.spec.versions.schema --recursive').split('\n')
    expect(lines.filter((line) => line.trim().startsWith('not\t'))).toEqual(['    not\t<JSONSchemaProps>'])
  })

  test('what is not there, not a path, or not known', () => {
    const told = (line: string) => sim.kubectl(line.split(' ')).stderr
    expect(told('explain pod.spec.none')).toBe('error: field "none" does not exist\n')
    expect(told('explain pod.spec.containers[0]')).toBe(
      'error: invalid jsonpath syntax, first node must be field node\n',
    )
    expect(told('explain bogus.spec')).toBe('the server doesn\'t have a resource type "bogus"\n')
    expect(told('explain secret --output=nonsense')).toBe('error: unrecognized format: nonsense\n')
    expect(told('explain a b')).toBe('error: We accept only this format: explain RESOURCE\n')
  })

  test('custom resources, in the words of their authors', () => {
    sim.apply({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'tides.sea.example' },
      spec: {
        group: 'sea.example',
        names: { kind: 'Tide', plural: 'tides' },
        scope: 'Namespaced',
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: {
              openAPIV3Schema: {
                type: 'object',
                properties: { height: { type: 'integer', description: 'How high it comes.' } },
              },
            },
          },
        ],
      },
    })
    sim.runFor('5s')
    expect(out('explain tide.height')).toBe(
      'GROUP:      sea.example\nKIND:       Tide\nVERSION:    v1\n\nFIELD: height <integer>\n\n\nDESCRIPTION:\n    How high it comes.\n    \n\n',
    )
  })
})

describe('explain reads OpenAPI v2 before that, and of servers that have nothing else', () => {
  const printed = (clientVersion: string, line: string) => createKubectlWorld({ clientVersion }).out(line)

  test('1.18 runs words together; paragraphs stay apart from 1.19 on', () => {
    const line = 'explain pod.spec.volumes.secret'
    expect(printed('1.18.20', line)).toContain('Adapts a Secret into a volume. The contents of the target')
    expect(printed('1.36.4', line)).toContain('Adapts a Secret into a volume.\n     The contents of the target')
  })

  test('percent signs are verbs of Go until 1.24', () => {
    const line = 'explain deployment.spec.strategy.rollingUpdate.maxSurge'
    expect(printed('1.20.2', line)).toContain('10%!)(MISSING)')
    expect(printed('1.24.0', line)).toContain('(ex: 10%)')
  })

  test('fields that hold anything are maps of nothing', () => {
    expect(printed('1.20.2', 'explain secret --recursive')).toContain('         fieldsV1\t<map[string]>\n')
  })
})
