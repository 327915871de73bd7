import { changes } from './changes.ts'

/** What kustomize inside of kubectl does from a minor version on. */
export const kustomize = changes({
  errorsNamePaths: [19, 'errors of decoding name the path of a field', 'Go 1.14 and later, encoding/json'],
  v5: [21, 'kubectl carries kustomize 4 or 5 in place of 2.0.3', 'kubectl go.mod'],
})
