import { type FilterPlugin, failure } from '../framework.ts'

const taken = failure("node(s) didn't have free ports for the requested pod ports", true)

/** Host ports must be free. Source: framework/plugins/nodeports. */
export const nodePorts: FilterPlugin = {
  name: 'NodePorts',
  prepare({ hostPorts }) {
    if (hostPorts.length === 0) return undefined
    return { filter: (node) => (hostPorts.some((port) => node.portConflicts(port)) ? taken : undefined) }
  },
}
