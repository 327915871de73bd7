/** A command line that kubectls of all kinds print the same for, with what is typed into it. */
export interface CommandLine {
  readonly line: string
  readonly stdin?: string
}

/** What begins as JSON and is none: refused up to 1.32, then read as YAML. */
export const brokenJson: readonly string[] = [
  '{bad',
  '{"kind":"ConfigMap",}',
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"cut"}',
  '{apiVersion: v1, kind: ConfigMap, metadata: {name: flow}}',
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"one"}}\n{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"two"}}',
  '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"mixed"}}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: mixed-too}\n',
  '{\n"a": 1,\n"b": tru\n}',
  '{\n "a": "x\ny"\n}',
  '{}',
  '[]',
]

const deployment = (spec: string) =>
  `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":${spec}}`
const podOf = (spec: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: ${spec}\n`
const widget = 'apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: p}\n'
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: p}\n'

/** Files that no server is asked about. */
export const local: readonly CommandLine[] = [
  { line: 'set image -f - --local c=x', stdin: deployment('{"replicas":"three"}') },
  { line: 'set image -f - --local c=x -o yaml', stdin: podOf('{containers: [{name: c, image: 5}]}') },
  { line: 'set image -f - --local c=x -o yaml', stdin: podOf('{containers: [{name: c, image: y}]}') },
  { line: 'set image -f - --local c=x -o yaml', stdin: settings },
  { line: 'set env -f - --local A=b -o yaml', stdin: podOf('{containers: 5}') },
  { line: 'set env -f - --local A=b -o yaml', stdin: settings },
  { line: 'set resources -f - --local --limits=cpu=1 -o yaml', stdin: podOf('{containers: {}}') },
  { line: 'set serviceaccount -f - --local robot -o yaml', stdin: deployment('{"template":[]}') },
  ...['annotate', 'label'].flatMap((verb) => [
    { line: `${verb} -f - --local a=b`, stdin: widget },
    { line: `${verb} -f - --local a=b -o yaml`, stdin: widget },
  ]),
]
