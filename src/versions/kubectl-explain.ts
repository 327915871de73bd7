/** Rows of `kubectl explain`, which has changed its source of words and its layout. */
export const explainRows = {
  explainKeepsParagraphs: [19, 'explain keeps paragraphs and lists apart', 'pkg/explain/formatter.go, wrapString'],
  explainsGroups: [
    21,
    'explain takes a resource with its group: `deployments.apps.spec`',
    'pkg/explain/explain.go, SplitAndParseResourceRequestWithMatchingPrefix',
  ],
  explainPrintsPercents: [
    24,
    'explain takes percent signs in descriptions for themselves',
    'pkg/explain/model_printer.go, PrintDescription',
  ],
  explainsByV3: [27, 'explain reads OpenAPI v3 where the server has it', 'pkg/cmd/explain/explain.go'],
  explainReadsJsonpath: [
    28,
    'explain reads the path of a field as a jsonpath',
    'pkg/explain/explain.go, jsonPathParse',
  ],
  explainListsValues: [30, 'explain lists the values of enumerations', 'pkg/explain/v2/templates/plaintext.tmpl'],
  explainTellsLinks: [36, 'explain tells externalDocs', 'pkg/explain/v2/templates/plaintext.tmpl'],
} as const
