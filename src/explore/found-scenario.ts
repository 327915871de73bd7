import { type Document, isMap, type Node, parseDocument } from 'yaml'
import { encodeBase64, isUtf8, utf8Text } from '../bytes/bytes.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioSource } from '../scenario/schema.ts'
import type { Finding } from './explore.ts'

/**
 * What was found, as a scenario file: that which was explored, comments and all, with the accidents that break it. It is one run,
 * so that seeds, thresholds and what is not of this cell of the matrix are gone.
 */
export function foundText(text: string, scenario: Scenario, { broken, seed, plan }: Finding): string {
  const document = parseDocument(text)
  document.set('description', descriptionOf(broken.what, scenario.file))
  document.set('seed', seed)
  for (const key of ['seeds', 'thresholds']) document.delete(key)
  for (const [name, value] of Object.entries(scenario.settings)) setVariable(document, name, value)
  const own = scenario.source.faults ?? []
  document.set('judge', 'nevers')
  if (own.length + plan.length > 0)
    document.set('faults', document.createNode([...own, ...plan].map((each) => flowed(document, each))))
  return document.toString({ lineWidth: 0 })
}

function descriptionOf(what: string, file: string): string {
  return `Found by podsim explore in ${file.split(/[\\/]/).pop() ?? file}. It breaks: ${what}`
}

/** A map on one line. */
function flowed(document: Document, value: object): Node {
  const node = document.createNode(value)
  node.flow = true
  return node
}

/** A parameter gets its value as its default, a matrix this value alone. */
function setVariable(document: Document, name: string, value: string): void {
  const { matrix = {} } = document.toJS() as Pick<ScenarioSource, 'matrix'> // the scenario was loaded from it
  const { [name]: values } = matrix
  if (values !== undefined) {
    const chosen = values.filter((each) => String(each) === value)
    document.setIn(['matrix', name], document.createNode(chosen))
    return
  }
  const path = isMap(document.getIn(['params', name])) ? ['params', name, 'default'] : ['params', name]
  const before: unknown = document.getIn(path)
  const isNumber = typeof before === 'number'
  document.setIn(path, isNumber ? Number(value) : typeof before === 'boolean' ? value === 'true' : value)
}

/** Files of the working directory, for a file that lies in another folder than the scenario. */
export function withFiles(text: string, { files }: Pick<Scenario, 'files'>): string {
  const document = parseDocument(text)
  const written = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => {
      const asText = utf8Text(bytes)
      return [name, isUtf8(bytes, asText) ? asText : { base64: encodeBase64(bytes) }]
    }),
  )
  if (Object.keys(written).length > 0) document.set('files', document.createNode(written))
  return document.toString({ lineWidth: 0 })
}
