/** On which node a printed text has a Pod. */
export interface ToldNode {
  readonly pod: string
  readonly node: string
}

/**
 * What `describe pod` and rows of Pods with their nodes say. The nodes of a session are interchangeable (README-real-cluster.md), so that a
 * recording cannot tell which is right; but a Pod that was put on one must not be printed with the other.
 */
export function toldNodes(text: string): readonly ToldNode[] {
  const told: ToldNode[] = []
  let described: string | undefined
  let isOfPods = false
  for (const line of text.split('\n')) {
    const [, name] = /^Name: +(\S+)$/.exec(line) ?? []
    const [, on] = /^Node: +(node-\d)(?:\/|$)/.exec(line) ?? []
    if (name !== undefined) described = name
    if (described !== undefined && on !== undefined) told.push({ pod: described, node: on })
    if (/^NAME .* NODE /.test(line)) isOfPods = true
    else if (line === '') isOfPods = false
    const [, row, node] = /^(?:pod\/)?(\S+) .* (node-\d)(?: |$)/.exec(line) ?? []
    if (isOfPods && row !== undefined && node !== undefined) told.push({ pod: row, node })
  }
  return told
}

/**
 * What a kubelet tells of its node as it starts, and when it is in reach again: who recorded took it out (README of v1.36, on the container manager, and so in the
 * older recordings).
 */
export const takenOut: ReadonlySet<string> = new Set([
  'NodeHasSufficientMemory',
  'NodeHasNoDiskPressure',
  'NodeHasSufficientPID',
])
